"""Taste: what a user may choose, as flat YAML."""
