"""Read-only answers for screens and paper about what is predicted: classes, students, whom first, and how it came out."""
