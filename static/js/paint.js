/**
 * What the server has not drawn yet, and what is never stored: the only user of CSS.highlights. A new span is a
 * highlight over the text; a deletion or another label is edited into the marks that are there. The server's answer
 * replaces both, and `repaint` puts back what still waits.
 */

import { marksOf, rangesOf } from "./offsets.js";

const text = /** @type {HTMLElement} */ (document.getElementById("text"));
const able = "highlights" in CSS;

/** @type {Map<string, Map<string, Range[]>>} highlight name -> key -> ranges */
const layers = new Map();
/** @type {Map<string, { extent: Extent, label: Label }>} spans that only this page knows */
const waiting = new Map();
/** @type {Map<string, Label>} */
const byName = new Map();
/** @type {Map<number, Label>} */
const byNumber = new Map();

/** @param {Label[]} labels */
export function knowLabels(labels) {
  for (const label of labels) {
    byName.set(label.name, label);
    byNumber.set(label.number, label);
  }
}

/** @param {string} name @param {string} key @param {Range[]} ranges */
function put(name, key, ranges) {
  const layer = layers.get(name) ?? new Map();
  layers.set(name, layer);
  drop(name, key);
  if (!ranges.length) return;
  layer.set(key, ranges);
  if (!able) return classes();
  let highlight = CSS.highlights.get(name);
  if (!highlight) {
    highlight = new Highlight();
    highlight.priority = name === "refused" ? 3 : name.startsWith("add-") ? 2 : 1;
    CSS.highlights.set(name, highlight);
  }
  for (const range of ranges) highlight.add(range);
}

/** @param {string} name @param {string} key */
function drop(name, key) {
  const ranges = layers.get(name)?.get(key);
  if (!ranges) return;
  layers.get(name)?.delete(key);
  if (!able) return classes();
  for (const range of ranges) CSS.highlights.get(name)?.delete(range);
}

/** Without highlights: the blocks and marks that a layer touches carry a class until the server has drawn. */
function classes() {
  for (const old of text.querySelectorAll(".painted, .painted-refused")) {
    old.classList.remove("painted", "painted-refused");
  }
  for (const [name, layer] of layers) {
    if (name === "target" || name === "hover") continue;
    for (const range of [...layer.values()].flat()) {
      const block = range.startContainer.parentElement?.closest("[data-block]") ?? range.startContainer;
      if (!(block instanceof Element)) continue;
      const marks = [...block.querySelectorAll("mark")].filter((mark) => range.intersectsNode(mark));
      for (const one of marks.length ? marks : [block]) {
        one.classList.add(name === "refused" ? "painted-refused" : "painted");
      }
    }
  }
}

/** What the selection would mark. @param {Extent | null} extent */
export function preview(extent) {
  put("target", "", extent ? rangesOf(extent) : []);
}

/**
 * Tints the whole extent of one span.
 * @param {"hover" | "current"} name @param {string | null} sid
 */
export function tint(name, sid) {
  put(name, "", sid ? rangesOfSpan(sid) : []);
}

/** @param {string} sid @returns {Range[]} */
export function rangesOfSpan(sid) {
  const marks = marksOf(sid);
  const [first, last] = [marks[0], marks.at(-1)];
  if (first && last) {
    const range = document.createRange();
    range.setStart(first, 0);
    range.setEnd(last, last.childNodes.length);
    return [range];
  }
  const pending = waiting.get(sid);
  return pending ? rangesOf(pending.extent) : [];
}

/** @param {string} sid @returns {{ extent: Extent, label: Label } | undefined} a span the server has not drawn */
export function pendingSpan(sid) {
  return waiting.get(sid);
}

/** Paints one waiting entry on top of what is shown. Painting it twice changes nothing. @param {Entry} entry */
export function apply(entry) {
  const { op, extent } = entry;
  const sid = op.sid ?? "";
  const label = byName.get(op.l ?? entry.label ?? "");
  if (entry.refused !== undefined) {
    if (extent) put("refused", entry.id, rangesOf(extent));
    return;
  }
  if (op.op === "del") return erase(sid);
  if (op.op === "move") erase(sid);
  if (!label || (op.op === "set" && !op.l)) return;
  if (op.op === "set" && !waiting.has(sid)) return relabel(sid, label);
  const place = extent ?? waiting.get(sid)?.extent;
  if (place) show(sid, place, label);
}

/** @param {string} sid @param {Extent} extent @param {Label} label */
function show(sid, extent, label) {
  hide(sid);
  waiting.set(sid, { extent, label });
  put(`add-${label.number}`, sid, rangesOf(extent));
}

/** @param {string} sid */
function hide(sid) {
  const pending = waiting.get(sid);
  if (!pending) return;
  waiting.delete(sid);
  drop(`add-${pending.label.number}`, sid);
}

/** After an answer: everything that waits, anew and in order. @param {Entry[]} entries */
export function repaint(entries) {
  for (const sid of [...waiting.keys()]) hide(sid);
  for (const key of [...(layers.get("refused")?.keys() ?? [])]) drop("refused", key);
  for (const entry of entries) apply(entry);
}

/** @param {string} sid */
function erase(sid) {
  hide(sid);
  marksOf(sid).forEach((mark, at) => {
    const ids = (mark.dataset.spans ?? "").split(" ");
    const lane = laneClass(mark, ids.indexOf(sid));
    mark.dataset.spans = ids.filter((id) => id !== sid).join(" ");
    if (lane) mark.classList.remove(lane);
    const old = lane && byNumber.get(Number(lane.slice(1)));
    if (old && at === 0) chip(mark, old, null);
  });
}

/** @param {string} sid @param {Label} label */
function relabel(sid, label) {
  marksOf(sid).forEach((mark, at) => {
    const lane = laneClass(mark, (mark.dataset.spans ?? "").split(" ").indexOf(sid));
    if (!lane) return;
    const old = byNumber.get(Number(lane.slice(1)));
    mark.classList.replace(lane, `${lane[0]}${label.number}`);
    if (old && at === 0) chip(mark, old, label);
  });
}

/** The class of the lane of a segment's n-th span; deeper spans have none. @param {Element} mark @param {number} n */
function laneClass(mark, n) {
  return [...mark.classList].filter((name) => /^[a-f]\d+$/.test(name)).sort()[n];
}

/** @param {HTMLElement} mark @param {Label} old @param {Label | null} label */
function chip(mark, old, label) {
  const codes = (mark.dataset.chips ?? "").split(" ").filter(Boolean);
  const at = codes.indexOf(old.code);
  if (at < 0) return;
  codes.splice(at, 1, ...(label ? [label.code] : []));
  mark.dataset.chips = codes.join(" ");
  if (label) mark.classList.replace(`k${old.number}`, `k${label.number}`);
}
