"""The one door to spaCy: tokens, near-duplicates, later suggestions and training."""
