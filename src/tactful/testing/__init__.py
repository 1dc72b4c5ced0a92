"""Fakes and conformance suites: for tests of tactful, and of what is built on it."""
