"""What is known about a student before an exam, as numbers with labels: one row per sample, nothing from after its day."""
