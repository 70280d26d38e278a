"""Grade nbgrader assignments with the hidden tests outside the student's process.

The rooms, what each is for, and who imports whom: ``docs/architecture.md``, which ``make test`` holds to it.
"""
