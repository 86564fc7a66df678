/** Units of the text around a place, from a word to its paragraph: what “expand” goes through. */

import { blockAt, textOf } from "./offsets.js";

const WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
  + "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|half|quarter";
const NUMBER = `(?:[<>≤≥≈~±+−-]\\s?)?(?:\\d+(?:[.,·\\u202f\\u00a0 ]\\d{3})*(?:[.,·]\\d+)?|(?:${WORDS})(?:[ -](?:${WORDS}|and))*)`;
const UNIT = "%|‰|per ?cent|percentage points?|points?|fold|times|°C|°F|mm ?Hg|mmol|µmol|nmol|mol|mEq|k?cal|kJ|kDa|IU|Gy|Hz|"
  + "[kmµun]?g|mcg|[dmµ]?l|litres?|liters?|[ckmµn]?m|cells?|copies|people|patients|participants|"
  + "(?:m?sec(?:ond)?|min(?:ute)?|hour|day|week|month|year|decade)s?|h|d";
const QUANTITY = new RegExp(
  `(?<![\\w.])${NUMBER}(?:\\s?(?:–|-|to|±|/|of|in|out of)\\s?${NUMBER})*(?:[\\s\\u00a0-]?(?:${UNIT})(?![\\p{L}\\d])(?:\\s?/\\s?(?:${UNIT}|kg|dl)(?![\\p{L}\\d]))*)?`,
  "giu",
);
/** Commas inside a number do not end a piece. */
const BREAK = /[;:()[\]{}]|,(?!\d)|\s[–—-]\s|—/g;

/** @param {RegExp} pattern @param {string} content @returns {[start: number, end: number][]} */
function found(pattern, content) {
  return [...content.matchAll(pattern)].map((match) => [match.index, match.index + match[0].length]);
}

/** Sentences of a text, without the blanks behind them. @param {string} content @returns {[start: number, end: number][]} */
export function sentencesOf(content) {
  const language = document.getElementById("text")?.lang || "en";
  const cutter = new Intl.Segmenter(language, { granularity: "sentence" });
  return [...cutter.segment(content)].map(({ index, segment }) => [index, index + segment.trimEnd().length]);
}

/** @param {string} content @param {[start: number, end: number]} sentence @returns {[start: number, end: number][]} */
function pieces(content, [start, end]) {
  const cuts = found(BREAK, content.slice(start, end)).map(([a, b]) => [start + a, start + b]);
  const edges = [start, ...cuts.flat(), end];
  const parts = /** @type {[number, number][]} */ ([]);
  for (let n = 0; n < edges.length; n += 2) {
    const [from, to] = [edges[n] ?? 0, edges[n + 1] ?? 0];
    const part = content.slice(from, to);
    const words = part.trim().replace(/[.!?]+$/, "");
    if (words) parts.push([from + part.indexOf(words), from + part.indexOf(words) + words.length]);
  }
  return parts;
}

/**
 * The next larger unit around an extent inside one block: quantity, piece between commas, sentence, block; null where
 * the extent is all of it or reaches over blocks.
 * @param {Extent} extent @returns {Extent | null}
 */
export function larger({ p, s, pe, e }) {
  const block = blockAt(p);
  if (!block || p !== pe) return null;
  const content = textOf(block);
  const sentences = sentencesOf(content);
  const holding = sentences.filter(([start, end]) => start <= s && e <= end);
  const units = [
    ...found(QUANTITY, content),
    ...holding.flatMap((sentence) => pieces(content, sentence)),
    ...sentences,
    [content.search(/\S/), content.trimEnd().length],
  ];
  const around = units.filter(([start = 0, end = 0]) => start <= s && e <= end && end - start > e - s);
  around.sort(([a = 0, b = 0], [c = 0, d = 0]) => b - a - (d - c));
  const [start, end] = around[0] ?? [];
  return start === undefined || end === undefined ? null : { p, s: start, pe, e: end };
}
