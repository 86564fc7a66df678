"""Marking words: what the page shows at once, and what is stored of it."""

from playwright.sync_api import Route, expect

from tests.browser.desk import Desk

# A page listener added later runs after the page's own, in the same task.
RECORD = """() => document.addEventListener("keydown", () => {
  globalThis.seen = {
    state: document.getElementById("save-state").textContent,
    painted: [...CSS.highlights].filter(([name, { size }]) => size && /^add-/.test(name)).length,
    focus: document.activeElement.id,
    selected: getSelection().toString(),
  };
})"""
BOXES = """() => {
  const boxes = [];
  const range = document.createRange();
  for (const block of document.querySelectorAll("[data-block]")) {
    boxes.push(block.getBoundingClientRect());
    const walker = document.createTreeWalker(block, 4);
    for (let seen = 0, node; (node = walker.nextNode()); ) {
      for (let i = 0; i < node.length; i++, seen++) {
        if (seen % 7) continue;
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        boxes.push(range.getBoundingClientRect());
      }
    }
  }
  return boxes.flatMap(({ x, y, width, height }) => [x, y, width, height]);
}"""


def far(before: list[float], after: list[float]) -> float:
    """How many pixels the box that moved most has moved."""
    return max(abs(a - b) for a, b in zip(before, after, strict=True))


def test_a_mark_is_painted_before_the_server_answers(desk: Desk) -> None:
    page = desk.page
    held: list[Route] = []
    page.route("**/operations", lambda route: held.append(route))
    page.evaluate(RECORD)
    desk.mark("Eight", "3")
    seen = {"state": "Saving 1…", "painted": 1, "focus": "text", "selected": ""}
    assert page.evaluate("() => globalThis.seen") == seen
    expect(desk.marks).to_have_count(0)
    desk.eventually(lambda: len(held), 1)
    held[0].continue_()
    expect(desk.marks).to_have_text("Eight")
    desk.saved()
    assert desk.highlights("add-") == []
    assert desk.stored_quotes() == ["Eight"]


def test_marking_moves_neither_text_nor_focus(desk: Desk) -> None:
    page = desk.page
    before = page.evaluate(BOXES)
    for needle, key in [("Eight young patients", "4"), ("Eight", "3"), ("𝛃-cell", "5")]:
        desk.mark(needle, key)
        assert far(before, page.evaluate(BOXES)) < 0.1
        desk.saved()
        assert far(before, page.evaluate(BOXES)) < 0.1
        assert page.evaluate("() => document.activeElement.id") == "text"
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert desk.stored_quotes() == ["Eight", "Eight young patients", "𝛃-cell"]


def test_marks_overlap_nest_and_share_an_extent(desk: Desk) -> None:
    desk.mark("Eight young patients", "4")
    desk.mark("patients with severe lupus", "5")
    desk.mark("young", "1")
    desk.mark("young", "6")
    desk.saved()
    assert [(one.quote, one.label) for one in desk.stored()] == [
        ("Eight young patients", "POPULATION"),
        ("young", "EFFICACY_CLAIM"),
        ("young", "INTERVENTION"),
        ("patients with severe lupus", "CONDITION"),
    ]
    expect(desk.cards).to_have_count(4)
    html = desk.page.inner_html("#text")
    desk.page.reload()
    desk.saved()
    assert desk.page.inner_html("#text") == html


def test_the_same_mark_twice_is_one(desk: Desk) -> None:
    for _ in range(2):
        desk.mark("steroids", "6")
        desk.saved()
    expect(desk.cards).to_have_count(1)
    assert desk.stored_quotes() == ["steroids"]


def test_a_mark_may_cross_blocks(desk: Desk) -> None:
    first, second = desk.find("aged 9 to 17 years."), desk.find("All patients")
    desk.select_at(first[0], first[1], second[2], second[3])
    desk.press("2")
    desk.saved()
    assert desk.stored_quotes() == ["aged 9 to 17 years.\n\nAll patients"]
    expect(desk.marks).to_have_text(["aged 9 to 17 years.", "All patients"])
    ids = desk.marks.evaluate_all("marks => marks.map((mark) => mark.dataset.spans)")
    assert len(set(ids)) == 1


def test_a_label_is_clicked(desk: Desk) -> None:
    desk.select("the kidneys")
    desk.label("OUTCOME").click()
    desk.saved()
    assert [(one.quote, one.label) for one in desk.stored()] == [("the kidneys", "OUTCOME")]
    assert desk.page.evaluate("() => document.activeElement.id") == "text"


def test_labels_carry_one_key_each(desk: Desk) -> None:
    keys = desk.keys()
    assert sorted(keys) == sorted("1234567890")
    assert keys["3"] == "PATIENT_COUNT"


def test_a_label_key_without_a_selection_says_what_to_do(desk: Desk) -> None:
    desk.press("3")
    expect(desk.page.locator("#toasts")).to_contain_text("Select words in the text first.")
    assert desk.stored() == []
