"""A made-up school in the database, from `mlcore.synth`: names, people and rows around the arithmetic."""
