"""Figures of the proofs: printed, and kept beside those of the bench."""

import json
import os
from typing import Any

from tests.faults.server import ROOT

RESULTS = ROOT / "tests" / "bench" / "results"


def keep(name: str, figures: dict[str, Any]) -> None:
    """Print ``figures`` as a table; where PROVE is set, keep them as JSON too."""
    print(f"\n{name}")
    for title, value in figures.items():
        print(f"  {title:<28} {value}")
    if os.environ.get("PROVE"):
        RESULTS.mkdir(parents=True, exist_ok=True)
        path = RESULTS / f"{name.replace(', ', '-').replace(' ', '-')}.json"
        path.write_text(json.dumps(figures, indent=1) + "\n")
