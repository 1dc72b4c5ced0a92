"""A shop's own files as calls: what columns mean, what a row becomes, and why one is left out."""
