"""Everything that touches the outside: stores, files, keys.  Only `assembly` imports it."""
