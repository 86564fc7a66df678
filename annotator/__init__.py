"""Annotator: curators mark the claims biomedical texts make, and get corpora spaCy trains on."""

__version__ = "0.1.0"
