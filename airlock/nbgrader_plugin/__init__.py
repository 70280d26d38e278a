"""What nbgrader calls: the exporter and preprocessor of ``autograde``, the exporter of feedback."""
