"""The committed sample is what the demo project exports today, byte for byte."""

from pathlib import Path

from scripts.sample import SAMPLE, make_sample


def files(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_sample_is_what_the_demo_exports(tmp_path: Path) -> None:
    make_sample(tmp_path / "sample")
    kept, made = files(SAMPLE), files(tmp_path / "sample")
    assert sorted(kept) == sorted(made)
    differing = [name for name in kept if kept[name] != made[name]]
    assert differing == [], "meant? then run make sample and read the difference"
