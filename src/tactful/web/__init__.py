"""HTTP: translate requests into calls, and answers into responses; decide nothing."""
