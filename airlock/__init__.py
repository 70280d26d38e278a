"""Grade nbgrader assignments with the hidden tests outside the student's process.

A map of the rooms, from the bottom up; each imports only from what stands above it in this list.

``model``      what all speak of: assignment, submission, record, incident, limits, errors
``wire``       values as they cross between grader and kernel, and how they are framed
``sandbox``    the student's end: fork server, warden, confinement, audit, the kernel itself
``course``     nbgrader's folders and gradebook, the journal, the results
``handin``     from what was handed in to a notebook in the assignment's shape
``clean``      outputs that can run nothing in a reader's browser
``pages``      what people read: feedback, class report, their templates
``kernel``     the grader's end of a student's kernel: provisioner, process, client, CPU meter
``run``        one notebook: the student's cells in the kernel, the tests here, the verdict
``classroom``  a whole class: what is to do, where it runs, how it is written down

``settings`` holds ``configure`` for a course's configuration, ``nbgrader_plugin`` and ``export`` are what
nbgrader calls, ``cli`` is the command.
"""
