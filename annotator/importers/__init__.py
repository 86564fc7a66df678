"""Formats that articles come in: one file, one object, listed in the registry."""
