"""Outputs that can run nothing in a reader's browser."""
