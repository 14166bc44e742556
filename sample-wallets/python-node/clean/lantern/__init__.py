"""A small wallet node."""
