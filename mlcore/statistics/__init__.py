"""What the insight pages say about a school: how values are spread, what goes along with scores, who differs, and who is at risk."""
