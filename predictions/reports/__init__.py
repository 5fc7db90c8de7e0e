"""What leaves the portal on paper and in files: class outlooks, letters to families, and were-we-right."""
