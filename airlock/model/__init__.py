"""What all rooms speak of: assignment, submission, record, incident, limits, errors."""
