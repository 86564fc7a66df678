"""Formats that articles and annotations leave in: one file, one object, listed in the registry."""
