"""The generated stylesheet of a project's label colours.

The policy allows no inline style, so a mark carries classes (lane letter and label number) and this
sheet says what they look like. What it must hold is written at the top of ``css/marks.css``.
"""

from annotator.services.scheme import ProjectScheme, SchemeLabel
from annotator.web.drawing import LANE_LETTERS

_IMAGES = {
    "solid": ("linear-gradient({c}, {c})", "100% 2px"),
    "dashed": ("linear-gradient(90deg, {c} 0 6px, transparent 6px)", "9px 2px"),
    "double": ("linear-gradient({c} 1px, transparent 1px 3px, {c} 3px)", "100% 4px"),
}


def label_stylesheet(scheme: ProjectScheme) -> str:
    """CSS properties, lane classes and highlight of every label, retired ones too."""
    return "\n".join(_rules(label) for label in scheme.labels) + "\n"


def _rules(label: SchemeLabel) -> str:
    number, colour = label.number, f"var(--c{label.number})"
    image, size = _IMAGES[label.style]
    root = (
        f":root{{--c{number}:var(--p{label.colour});"
        f"--i{number}:{image.format(c=colour)};--z{number}:{size}}}"
    )
    lanes = "".join(
        f".{lane}{number}{{--{lane}:var(--i{number});--{lane}z:var(--z{number})}}"
        for lane in LANE_LETTERS
    )
    return (
        f"{root}{lanes}.k{number}{{--k:{colour}}}"
        f"::highlight(add-{number}){{background-color:color-mix(in srgb,{colour} 26%,transparent);"
        f"text-decoration:underline 2px {colour}}}"
    )
