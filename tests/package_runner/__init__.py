"""The test suites of real packages with plain Python and under whipsnake."""
