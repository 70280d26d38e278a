"""Values as they cross between grader and kernel, and how they are framed."""
