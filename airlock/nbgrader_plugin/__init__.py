"""What nbgrader calls: exporters and preprocessors, and the Formgrader's page of a submission."""
