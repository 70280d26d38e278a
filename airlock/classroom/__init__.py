"""A whole class: what is to do, where it runs, how it is written down."""
