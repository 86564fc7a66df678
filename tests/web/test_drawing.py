"""The view models of the annotate page."""

from flask import Flask
from flask_babel import force_locale

from annotator.domain.tokens import pack
from annotator.services.reading import ReadAnnotation, ReadBlock
from annotator.services.scheme import ProjectScheme, SchemeAttribute, SchemeLabel, SchemeOption
from annotator.web.drawing import _card_html, cards_html, draw_block, draw_blocks

ROLE = SchemeAttribute(
    7, "role", "Role", "choice", True, "", None, (SchemeOption(1, "treated", ()),)
)
COUNT = SchemeAttribute(8, "value", "Value", "number", True, "", None, ())


def label(
    number: int, name: str, code: str, attributes: tuple[SchemeAttribute, ...] = ()
) -> SchemeLabel:
    texts = ("", "", "", "")
    return SchemeLabel(
        number + 100, number, name, code, "flat", "on", None, "1", 0, "solid", *texts, attributes
    )


SCHEME = ProjectScheme(
    1,
    1,
    (label(2, "PATIENT_COUNT", "CNT", (ROLE, COUNT)), label(4, "OUTCOME", "OUT")),
    (),
    (),
    (),
)
TEXT = "Eight young patients came."


def mark(name: str, start: int, end: int, number: int = 2, **more: object) -> ReadAnnotation:
    fields = {
        "uuid": name,
        "start": start,
        "end": end,
        "first_block": 1,
        "label_id": number + 100,
        "quote": TEXT[max(start - 10, 0) : end - 10],
        "rev": 1,
        "unsure": False,
        "note": None,
        "values": (),
    }
    return ReadAnnotation(**(fields | more))  # type: ignore[arg-type]


def block(*marks: ReadAnnotation, text: str = TEXT, tokens: str = "") -> ReadBlock:
    return ReadBlock(1, "body", 0, 10, 10 + len(text), text, tokens, list(marks))


def test_plain_text_is_one_segment_without_a_mark() -> None:
    view = draw_block(block(), SCHEME)
    assert (view.position, view.start, view.lanes, view.dir, view.cards) == (1, 10, 0, "", ())
    [part] = view.segments
    assert (part.text, part.spans, part.classes, part.chips) == (TEXT, "", "", "")


def test_nested_marks_carry_their_lanes_and_only_the_first_segment_a_chip() -> None:
    view = draw_block(block(mark("long", 10, 30), mark("short", 16, 21, 4)), SCHEME)
    assert [(p.text, p.spans, p.classes, p.chips) for p in view.segments] == [
        ("Eight ", "long", "n1 st k2 a2", "CNT"),
        ("young", "long short", "n2 st k4 a2 b4", "OUT"),
        (" patients", "long", "n1 a2", ""),
        (" came.", "", "", ""),
    ]
    assert view.lanes == 2
    assert "".join(part.text for part in view.segments) == TEXT


def test_lanes_beyond_the_sixth_are_counted() -> None:
    marks = [mark(f"m{n}", 10, 30 - n, 2 + 2 * (n % 2)) for n in range(8)]
    first = draw_block(block(*marks), SCHEME).segments[0]
    assert first.classes.split() == ["n6", "st", "k4", "a2", "b4", "c2", "d4", "e2", "f4"]
    assert (first.hidden, len(first.spans.split()), len(first.chips.split())) == (2, 8, 8)


def test_a_card_stands_where_its_annotation_begins() -> None:
    values = (("role", "treated", True), ("value", 8, False), ("gone", 1, True))
    own = mark("own", 10, 15, values=values, unsure=True, note="n", rev=3)
    before = mark("before", 5, 15, 4, first_block=0, quote="from the block before")
    view = draw_block(block(before, own), SCHEME)
    assert view.segments[0].spans == "before own"
    assert view.segments[0].chips == "CNT"
    [card] = view.cards
    assert (card.id, card.label, card.name, card.rev, card.quote) == (
        "own",
        2,
        "PATIENT_COUNT",
        3,
        "Eight",
    )
    assert (card.unsure, card.note) == (True, "n")
    role, value = card.values
    assert (role.options, role.value, role.confirmed) == (
        ("treated", "not stated"),
        "treated",
        True,
    )
    assert (value.options, value.value, value.confirmed) == ((), 8, False)
    [empty] = draw_block(block(mark("m", 10, 15)), SCHEME).cards
    assert [(v.value, v.confirmed) for v in empty.values] == [(None, False)] * 2


def test_tokens_count_utf16_units_and_direction_follows_the_script() -> None:
    text = "a😀 b"
    tokens = pack([(0, 1), (1, 2), (3, 4)])
    assert draw_block(block(text=text, tokens=tokens), SCHEME).tokens == pack(
        [(0, 1), (1, 3), (4, 5)]
    )
    assert draw_block(block(text="ab", tokens="0 2"), SCHEME).tokens == "0 2"
    rows = [("latin", ""), ("العربية", "auto"), ("mixed עברית", "auto"), ("123", "")]
    views = draw_blocks([block(text=text) for text, _ in rows], SCHEME)
    assert [view.dir for view in views] == [direction for _, direction in rows]


def test_a_kept_card_is_drawn_anew_where_something_differs(app: Flask) -> None:
    drawn = {}
    (card,) = draw_block(block(mark("own", 10, 15, unsure=True)), SCHEME).cards
    (changed,) = draw_block(block(mark("own", 10, 15, unsure=True, rev=2)), SCHEME).cards
    for locale in ("en", "de"):
        with app.test_request_context(), force_locale(locale):
            for writable in (True, False):
                drawn[locale, writable] = cards_html([card], writable=writable)
                assert cards_html([card], writable=writable) == drawn[locale, writable]
                assert 'data-rev="2"' in cards_html([changed], writable=writable)
    assert "disabled" in drawn["en", False]
    assert "disabled" not in drawn["en", True]
    assert 'data-rev="2"' not in drawn["de", True]
    before = _card_html.cache_info().currsize
    (long,) = draw_block(block(mark("long", 10, 15, quote="x" * 1_001)), SCHEME).cards
    with app.test_request_context():
        assert "x" * 1_001 in cards_html([long], writable=True)
    assert _card_html.cache_info().currsize == before
