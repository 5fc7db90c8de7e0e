"""Template filters of school figures."""
