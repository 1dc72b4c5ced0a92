"""The command line: translate commands into calls; decide nothing."""
