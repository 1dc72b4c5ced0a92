"""Suites that every store inherits: one promise per test, the adapter brings the fixture `shelf`."""
