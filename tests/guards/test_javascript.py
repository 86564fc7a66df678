"""The browser's modules keep the text exact and leave markup to the server."""

import re
from pathlib import Path

import pytest

from tests.guards.tree import ROOT, having, plant

FORBIDDEN = {
    r"\binnerText\b": "its line breaks depend on layout; read textContent",
    r"\binnerHTML\b|\bouterHTML\s*=": "markup enters the page through htmx.swap only",
    r"\binsertAdjacentHTML\b|\bcreateContextualFragment\b": "markup enters through htmx.swap only",
    r"\bDOMParser\b|\bparseHTMLUnsafe\b|\bsetHTML(Unsafe)?\b": "markup enters through htmx.swap",
    r"\bdocument\.write\b": "markup enters the page through htmx.swap only",
    r"\beval\s*\(|\bnew\s+Function\s*\(": "the policy of the pages refuses it",
    r"\bset(?:Timeout|Interval)\s*\(\s*[\"'`]": "code as text is refused by the policy",
    r"\bsetAttribute\(\s*[\"'](?:style|on\w+)[\"']": "the policy refuses it",
    r"\balert\s*\(|\bconfirm\s*\(|\bprompt\s*\(": "no dialog stands between a person and done",
    r"\bconsole\.log\b": "left over from looking for a fault",
    r"htmx:[a-z]+[A-Z]\w*": "an event name of htmx 2; version 4 writes htmx:after:swap",
    r"https?://(?!www\.w3\.org/)": "nothing is fetched from elsewhere",
}
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL)


def forbidden(root: Path) -> list[str]:
    """Return `path:line: what (why)` for each forbidden construct outside comments."""
    faults = []
    for path in having(root, ".js", below="static/js"):
        source = (root / path).read_text(encoding="utf-8")
        code = COMMENT.sub(lambda found: "\n" * found.group().count("\n"), source)
        for pattern, why in FORBIDDEN.items():
            for found in re.finditer(pattern, code):
                line = code.count("\n", 0, found.start()) + 1
                faults.append(f"{path}:{line}: {found.group()} ({why})")
    return faults


def test_modules_use_nothing_forbidden() -> None:
    assert any(having(ROOT, ".js", below="static/js"))
    assert forbidden(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "const t = block.innerText;",
        "block.innerHTML = answer;",
        "block.outerHTML = answer;",
        "block.insertAdjacentHTML('beforeend', answer);",
        "new DOMParser().parseFromString(answer, 'text/html');",
        "eval (answer);",
        "setTimeout('save()', 1);",
        "mark.setAttribute('style', 'color: red');",
        "if (confirm('Sure?')) save();",
        "console.log(range);",
        "document.addEventListener('htmx:afterSwap', draw);",
        "fetch('https://example.org/');",
    ],
)
def test_a_forbidden_line_is_found(tmp_path: Path, line: str) -> None:
    assert len(forbidden(plant(tmp_path, "static/js/a.js", f"\n{line}\n"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "// innerText would depend on layout",
        "/* no innerHTML\n here */ const t = block.textContent;",
        "svg.setAttributeNS('http://www.w3.org/1999/xlink', 'href', x);",
        "const confirmed = true;",
    ],
)
def test_an_allowed_line_is_not(tmp_path: Path, line: str) -> None:
    assert forbidden(plant(tmp_path, "static/js/a.js", f"{line}\n")) == []
