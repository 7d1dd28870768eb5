"""What the voices must not forget: one SQLite file in the home, a module for each subject."""
