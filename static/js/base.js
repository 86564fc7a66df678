/** Every page: theme, notices, and the outbox, so that what waits goes out from any page. */

import { onChange, open, refusals, state } from "./outbox.js";

const words = /** @type {HTMLElement} */ (document.getElementById("words")).dataset;
let told = false;

/** A sentence of the catalogue with its number filled in. @param {string} name @param {number} [n] */
export function say(name, n) {
  return (words[name] ?? "").replace("{n}", String(n ?? ""));
}

/**
 * Shows a sentence for a while; it never takes the focus.
 * @param {string} sentence @param {{ text: string, act: () => void }} [action]
 */
export function toast(sentence, action) {
  const line = document.createElement("p");
  line.append(sentence);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action.text;
    button.addEventListener("click", () => {
      line.remove();
      action.act();
    });
    line.append(button);
  }
  const place = document.getElementById("toasts");
  while (place && place.children.length > 2) place.firstElementChild?.remove();
  place?.append(line);
  setTimeout(() => line.remove(), 8000);
}

/** @returns {[name: string, text: string]} */
function saveState() {
  const { ready, kept, mode, pending, refused } = state();
  if (pending && mode === "signedout") return ["signedout", say("signedout", pending)];
  if (pending && mode === "offline") return ["offline", say(kept ? "offline" : "unkept", pending)];
  if (pending) return ["saving", say("saving", pending)];
  if (!ready) return ["opening", say("opening")];
  return refused ? ["attention", ""] : ["saved", say("saved")];
}

function showState() {
  const place = document.getElementById("save-state");
  const { refused } = state();
  const [name, text] = saveState();
  const attention = refused === 1 ? say("attentionOne") : refused ? say("attention", refused) : "";
  if (!place) return tellElsewhere(attention);
  if (place.dataset.state === name && place.dataset.text === text + attention) return;
  place.dataset.state = name;
  place.dataset.text = text + attention;
  place.replaceChildren(text);
  if (name === "signedout") {
    const link = document.createElement("a");
    link.href = document.body.dataset.signIn ?? "/sign-in";
    link.target = "_blank";
    link.textContent = say("signin");
    place.append(" — ", link);
  }
  if (!refused) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = attention;
  place.append(text && " · ", button);
}

/** On a page without a save state: once, with the way to the article. @param {string} attention */
function tellElsewhere(attention) {
  const url = refusals()[0]?.[0]?.url;
  if (!url || told) return;
  told = true;
  toast(attention, { text: say("open"), act: () => location.assign(url.replace(/\/operations$/, "")) });
}

function cycleTheme() {
  const order = ["auto", "light", "dark"];
  const next = order[(order.indexOf(document.documentElement.dataset.theme ?? "auto") + 1) % 3] ?? "auto";
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  // A cookie, so that the server writes the attribute and no page flashes in the other theme.
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
  toast(say(`theme${next[0]?.toUpperCase()}${next.slice(1)}`));
}

document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element)) return;
  if (target.closest("[data-theme-toggle]")) cycleTheme();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", ({ key }) => {
  const menu = key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) menu.removeAttribute("open");
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  const { pending } = state();
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-sign-out]") || !pending) return;
  event.preventDefault();
  toast(say("leave", pending), { text: say("signout"), act: () => form.submit() });
});

onChange(showState);
void open({
  user: Number(document.body.dataset.user ?? 0),
  csrf: document.querySelector(/** @type {"meta"} */ ('meta[name="csrf-token"]'))?.content ?? "",
});
