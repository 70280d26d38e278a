"""One notebook: the student's cells in the kernel, the tests here, the verdict."""
