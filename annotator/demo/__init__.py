"""The sample articles with the readings of three annotators."""

from pathlib import Path

ARTICLES = Path(__file__).parent / "articles.jsonl"
"""Canonical JSON Lines."""
