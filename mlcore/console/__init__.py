"""The door of mlcore for a terminal: `python -m mlcore`, on a folder of tables or on one wide table."""
