"""Recipes, windows, runs and the loop: whatever the technique."""
