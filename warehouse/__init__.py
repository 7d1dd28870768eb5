"""Numbers: what can be counted, and how. The door of the floor is `reader.open_warehouse`."""
