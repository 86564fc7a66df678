"""Figures with their spread, as a table and as JSON."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "tests" / "bench" / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value: the median of its rounds, the least and the greatest of them."""

    title: str
    median: float
    low: float
    high: float
    unit: str
    wanted: str = ""
    """The limit in words; empty for what is only told."""
    met: bool | None = None


def figure(
    title: str,
    rounds: Sequence[float],
    unit: str,
    *,
    most: float | None = None,
    least: float | None = None,
) -> Figure:
    """The figure of some rounds; its median is held against a limit, if there is one."""
    middle = statistics.median(rounds)
    wanted, met = "", None
    if most is not None:
        wanted, met = f"at most {most:g}", middle <= most
    elif least is not None:
        wanted, met = f"at least {least:g}", middle >= least
    return Figure(title, middle, min(rounds), max(rounds), unit, wanted, met)


def percentile(values: Iterable[float], share: float) -> float:
    """The value that ``share`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def print_table(name: str, figures: Sequence[Figure]) -> None:
    """One line a figure: median, spread, limit and whether it holds."""
    print(f"\n{name}")
    for one in figures:
        spread = f"{_short(one.low)} to {_short(one.high)}"
        verdict = "" if one.met is None else f"{one.wanted}: {'yes' if one.met else 'NO'}"
        value = f"{_short(one.median)} {one.unit}"
        print(f"  {one.title:<58} {value:>18}  {spread:<20} {verdict}".rstrip(), flush=True)


def keep(groups: dict[str, list[Figure]], path: Path) -> None:
    """Write everything with what it was measured on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain: dict[str, Any] = {"machine": machine()}
    plain |= {name: [asdict(one) for one in found] for name, found in groups.items()}
    path.write_text(json.dumps(plain, indent=1) + "\n")


def machine() -> dict[str, Any]:
    """What the figures depend on, besides the code."""
    from annotator.storage.engine import bundled_sqlite

    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": bundled_sqlite.sqlite_version,
        "load of the last minute": load,
    }


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
