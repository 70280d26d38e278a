"""nbgrader's folders and gradebook, the journal, the results."""
