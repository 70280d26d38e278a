"""The grader's end of a student's kernel: provisioner, process, client, CPU meter."""
