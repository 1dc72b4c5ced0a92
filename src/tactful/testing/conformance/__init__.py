"""Suites that every store inherits: one promise per test, run on the fixture `shelf`."""
