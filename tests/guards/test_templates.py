"""Templates escape everything, carry no code, mark htmx elements, say nothing untranslated."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.guards.markup import COMMENT, Element, blocks_in_attributes, parsed
from tests.guards.tree import ROOT, having, plant

LETTERS = re.compile(r"[^\W\d_]{2,}")
# Printed on the key; said in the same way in every language we know of.
KEY_CAPS = {"Alt", "Ctrl", "Del", "Enter", "Esc", "Shift", "Tab"}
READ_ALOUD = {"title", "alt", "placeholder", "aria-label", "aria-description", "aria-valuetext"}
UNESCAPED = re.compile(r"\|\s*safe\b|\bMarkup\s*\(|\{%-?\s*autoescape\s+false")
# Attributes of htmx 2 that version 4 ignores in silence.
OF_VERSION_TWO = {
    "hx-vars", "hx-params", "hx-prompt", "hx-ext", "hx-disinherit", "hx-inherit", "hx-request",
    "hx-history", "hx-disabled-elt", "sse-connect", "sse-swap",
}  # fmt: skip
Rule = Callable[[Path], list[str]]


def sources(root: Path) -> Iterator[tuple[Path, str]]:
    for path in having(root, ".html", below="templates"):
        yield path, (root / path).read_text(encoding="utf-8")


def elements(root: Path) -> Iterator[tuple[Path, Element]]:
    for path, source in sources(root):
        for element in parsed(source).elements:
            yield path, element


def unescaped(root: Path) -> list[str]:
    """Return the places that switch escaping off."""
    return [
        f"{path}: {found.group()}"
        for path, source in sources(root)
        for found in UNESCAPED.finditer(COMMENT.sub("", source))
    ]


def inline_code(root: Path) -> list[str]:
    """Return scripts and styles in the page, style and event attributes, and `js:` values."""
    faults = []
    for path, element in elements(root):
        where = f"{path}:{element.line}: <{element.name}>"
        names = element.names()
        inline = element.name == "style" or (element.name == "script" and "src" not in names)
        if inline and "nonce" not in names:
            faults.append(f"{where} has no nonce")
        for name, value in element.attributes:
            event = name.startswith(("on", "hx-on", "data-hx-on", "hx-live", ":"))
            if name == "style" or event:
                faults.append(f"{where} has {name}")
            if re.match(r"\s*(?:js|javascript):", value or "", re.IGNORECASE):
                faults.append(f"{where} has code in {name}")
    return faults


def unmarked(root: Path) -> list[str]:
    """Return the elements with htmx attributes that hx-csp would strip for want of a nonce.

    `<hx-partial>` never enters the page: htmx reads where its content goes and drops it.
    """
    return [
        f"{path}:{element.line}: <{element.name}> has no hx-nonce"
        for path, element in elements(root)
        if element.name != "hx-partial"
        and any(name.startswith(("hx-", "data-hx-")) for name in element.names())
        and "hx-nonce" not in element.names()
    ]


def untranslated(root: Path) -> list[str]:
    """Return the words a person would read or hear that do not pass gettext."""
    faults = []
    unread = blocks_in_attributes(source for _, source in sources(root))
    for path, source in sources(root):
        markup = parsed(source, unread)
        heard = [
            (element.line, element.value(name))
            for element in markup.elements
            for name in element.names() & READ_ALOUD
        ]
        heard += [
            (element.line, element.value("value"))
            for element in markup.elements
            if element.name == "input" and element.value("type") in {"submit", "button", "reset"}
        ]
        for line, text in (*markup.texts, *heard):
            if set(LETTERS.findall(text)) - KEY_CAPS:
                faults.append(f"{path}:{line}: {text[:60]!r}")
    return faults


def from_elsewhere(root: Path) -> list[str]:
    """Return what a page would load from another host."""
    return [
        f"{path}:{element.line}: {element.value(name)}"
        for path, element in elements(root)
        for name in ("src", "href")
        if re.match(r"(?:https?:)?//", element.value(name))
        and (name == "src" or element.name in {"link", "use"})
    ]


def outdated(root: Path) -> list[str]:
    """Return attributes that only an older htmx understands."""
    return [
        f"{path}:{element.line}: {name}"
        for path, element in elements(root)
        for name in sorted(element.names() & OF_VERSION_TWO)
    ]


RULES: list[Rule] = [unescaped, inline_code, unmarked, untranslated, from_elsewhere, outdated]


@pytest.mark.parametrize("rule", RULES)
def test_templates_keep_the_rule(rule: Rule) -> None:
    assert any(sources(ROOT))
    assert rule(ROOT) == []


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (unescaped, "{{ article.text|safe }}"),
        (unescaped, "{{ note | safe }}"),
        (unescaped, "{% autoescape false %}{{ note }}{% endautoescape %}"),
        (inline_code, "<script>start()</script>"),
        (inline_code, "<style>p { color: red }</style>"),
        (inline_code, '<p style="color: red">{{ a }}</p>'),
        (inline_code, '<button onclick="go()">{{ a }}</button>'),
        (inline_code, '<button hx-on:click="go()" hx-nonce="{{ n }}">{{ a }}</button>'),
        (inline_code, "<form hx-vals='js:{a: 1}' hx-nonce='{{ n }}'></form>"),
        (inline_code, '<a href="javascript:go()">{{ a }}</a>'),
        (unmarked, '<button hx-post="{{ url }}">{{ a }}</button>'),
        (unmarked, '{% if a > b %}<a\n  hx-get="/x">{{ a }}</a>{% endif %}'),
        (untranslated, "<p>Nothing here yet</p>"),
        (untranslated, "<p>{{ n }} articles</p>"),
        (untranslated, "{% block title %}Queue{% endblock %}"),
        (untranslated, "<{{ tag }}>Words</{{ tag }}>"),
        (untranslated, '<input placeholder="Search">'),
        (untranslated, '<button aria-label="Close">×</button>'),
        (untranslated, '<input type="submit" value="Save">'),
        (untranslated, "<p>{% trans %}Saved{% endtrans %} for now</p>"),
        (untranslated, "{% set words %}Nothing yet{% endset %}"),
        (untranslated, '{% set words %}<p id="a">Nothing yet</p>{% endset %}'),
        (inline_code, '{% set more %}{% if a %} style="color: red"{% endif %}{% endset %}'),
        (from_elsewhere, '<script src="https://example.org/a.js"></script>'),
        (outdated, '<p hx-disabled-elt="this" hx-nonce="{{ n }}">{{ a }}</p>'),
        (from_elsewhere, '<link rel="stylesheet" href="//example.org/a.css">'),
    ],
)
def test_a_fault_is_found(tmp_path: Path, rule: Rule, line: str) -> None:
    assert len(rule(plant(tmp_path, "templates/a/page.html", line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        '{# a comment with words and style="x" #}<p>{{ _("Saved") }}</p>',
        "<p>{% trans n=n %}{{ n }} article{% pluralize %}{{ n }} articles{% endtrans %}</p>",
        '<script src="{{ asset(\'js/a.js\') }}" type="module" nonce="{{ nonce }}"></script>',
        '<script nonce="{{ nonce }}" type="application/json">{"a": "words"}</script>',
        '<button hx-post="{{ url }}" hx-nonce="{{ nonce }}" title="{{ _(\'Go\') }}">+1</button>',
        "<p>{{ _('Press') }} <kbd>Ctrl</kbd> <code>spacy train</code></p>",
        '<a href="https://example.org/">{{ _("Source") }}</a>',
        '<hx-partial hx-target="#b1" hx-swap="outerMorph">{{ block }}</hx-partial>',
        '<body class="{% block look %}{% endblock %}">{% block look %}wide{% endblock %}',
        '<{{ tag }} id="b{{ n }}">{{ text }}</{{ tag }}>',
        "<button title=\"{{ _('Delete') }} (Del)\">×</button>",
        '<input type="hidden" name="kind" value="claim">',
        '{% set more %}{% if a %} id="{{ a }}"{% endif %} required{% endset %}<input{{ more }}>',
    ],
)
def test_good_markup_passes(tmp_path: Path, line: str) -> None:
    plant(tmp_path, "templates/a/page.html", line)
    assert [fault for rule in RULES for fault in rule(tmp_path)] == []


def test_faults_name_the_line(tmp_path: Path) -> None:
    page = "{# one\ntwo #}\n{% trans %}\n{% endtrans %}\n<p>Words</p>\n"
    assert untranslated(plant(tmp_path, "templates/a.html", page)) == [
        "templates/a.html:5: 'Words'"
    ]
