"""What is predicted, over JSON: read only, for staff, in the figures of the pages."""
