"""CPython's own regression tests with plain Python and under whipsnake."""
