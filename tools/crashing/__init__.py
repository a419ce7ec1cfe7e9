"""The power fails: an office of its own that is killed at random instants under load, and what must be true of it afterwards."""
