/**
 * The same words elsewhere in the article: a list to tick, and all that stays ticked is marked in one change. Loaded
 * when first asked for.
 */

import { labelOf, markAll } from "./changes.js";
import { toast } from "./base.js";
import { allBlocks, extentOf, marksOf, positionOf, quoteOf, textOf } from "./offsets.js";
import { edgesOf, endOfToken, startOfToken } from "./tokens.js";

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("same"));
const words = /** @type {HTMLElement} */ (document.getElementById("annotate-words")).dataset;
const AROUND = 40;

/** @typedef {Extent & { q: string }} Place */

/** @param {string} quote @returns {Place[]} whole tokens that read the same, wherever they stand */
function occurrences(quote) {
  const places = [];
  for (const block of allBlocks()) {
    const [content, edges, p] = [textOf(block), edgesOf(block), positionOf(block)];
    for (let s = content.indexOf(quote); s >= 0; s = content.indexOf(quote, s + quote.length)) {
      const e = s + quote.length;
      if (startOfToken(edges, s) === s && endOfToken(edges, e) === e) places.push({ p, s, pe: p, e, q: quote });
    }
  }
  return places;
}

/** Where the label holds these words already. @param {number} number */
function taken(number) {
  const cards = document.querySelectorAll(/** @type {"li"} */ (`[data-card][data-label-number="${number}"]:not([hidden])`));
  const extents = [...cards].map((card) => card.dataset.card ?? "").filter((sid) => marksOf(sid).length).map(extentOf);
  return new Set(extents.map((extent) => JSON.stringify(extent)));
}

/** @param {Place} place @param {number} n */
function item({ p, s, e, q }, n) {
  const content = textOf(/** @type {Element} */ (document.getElementById(`b${p}`)));
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = true;
  box.value = String(n);
  const quote = document.createElement("mark");
  quote.textContent = q;
  label.append(box, `…${content.slice(Math.max(0, s - AROUND), s)}`, quote, `${content.slice(e, e + AROUND)}…`);
  const line = document.createElement("li");
  line.append(label);
  return line;
}

/** Offers the words of a span everywhere else. @param {string} sid */
export function offerSame(sid) {
  const label = labelOf(sid);
  const extent = extentOf(sid);
  const quote = extent && quoteOf(extent);
  if (!label || !quote) return;
  const there = taken(label.number);
  const places = occurrences(quote).filter(({ q: _quote, ...place }) => !there.has(JSON.stringify(place)));
  if (!places.length) return toast(words.same ?? "");
  const list = /** @type {HTMLElement} */ (dialog.querySelector("ol"));
  list.replaceChildren(...places.map(item));
  const title = dialog.querySelector("[data-label-name]");
  if (title) title.textContent = label.name.replaceAll("_", " ").toLowerCase();
  dialog.onclose = () => {
    if (dialog.returnValue !== "mark") return;
    const ticked = [...list.querySelectorAll("input")].filter((box) => box.checked);
    markAll(label, ticked.map((box) => /** @type {Place} */ (places[Number(box.value)])));
  };
  dialog.returnValue = "";
  dialog.showModal();
}
