"""Logging: one line a record on stderr, in UTC, without anything of an article's text."""

import logging
import time


def init_logs() -> None:
    """Send warnings of all and messages of our own packages to stderr."""
    handler = logging.StreamHandler()
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # A full queue of waitress is how it works under load, not a fault.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
