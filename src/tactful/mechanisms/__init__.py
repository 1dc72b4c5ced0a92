"""Mathematics that has never heard of people."""
