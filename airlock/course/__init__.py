"""What nbgrader keeps of a course, folders and gradebook; the roster, the journal, the results."""
