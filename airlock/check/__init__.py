"""Whether an assignment marks right: reference, release, blanks, and wrong answers made by rule."""
