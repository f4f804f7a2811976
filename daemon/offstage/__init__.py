"""Performances in virtual time: demo, render, and what a judge listens to."""
