"""From what was handed in to a notebook in the assignment's shape: files, choice, matching, mending."""
