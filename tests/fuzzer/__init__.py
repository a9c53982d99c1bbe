"""Differential fuzzer: random programs with plain Python and under whipsnake, and what differs made small."""
