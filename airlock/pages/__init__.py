"""What people read: feedback, class report, their templates."""
