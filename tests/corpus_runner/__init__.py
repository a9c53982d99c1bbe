"""Differential runner: each corpus program with plain Python, then under whipsnake."""
