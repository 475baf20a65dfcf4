"""Rows for each chart function, by subject: ``(n, label, null)`` gives rows of one shape."""
