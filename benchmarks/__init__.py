"""Benchmarks: figures taken in one run, with the bars they are held to.  No tests."""
