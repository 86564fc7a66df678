/** Shapes that the modules share. Offsets are UTF-16 units relative to a block. */

/** From unit `s` of block `p` to unit `e` of block `pe`. */
interface Extent { p: number; s: number; pe: number; e: number }

type ValueMap = Record<string, string | number | null>;

interface Op {
  id: string;
  op: "add" | "del" | "restore" | "set" | "move" | "done" | "reopen" | "skip";
  sid?: string;
  rev?: number;
  p?: number; s?: number; pe?: number; e?: number;
  /** The quote: article text, never written to browser storage. */
  q?: string;
  l?: string;
  v?: ValueMap;
  /** Values of `v` that become guesses; where one is null, what the quote proposes comes back. */
  unconfirmed?: string[];
  reason?: string;
  note?: string;
}

/** An operation that waits: what the server gets, and what this browser has to know about it. */
interface Entry {
  id: string;
  /** Order of the key presses, over tabs and reloads. */
  at: number;
  user: number;
  article: string;
  url: string;
  scheme: number;
  base: number;
  tab: string;
  op: Op;
  /** Where the span is, for painting what is not drawn by the server yet. */
  extent?: Extent;
  /** The label that the span has or had, where the operation itself does not say. */
  label?: string;
  /** The sentence of a refusal; such an entry waits for the person, not for the server. */
  refused?: string;
}

interface Ack {
  /** The operation's; empty where the server could not read one. */
  id: string;
  status: "ok" | "stale" | "rejected";
  code?: string;
  sentence?: string;
  next?: string;
  sid?: string;
  rev?: number;
}

/** What an article's page adds to the outbox: it reads quotes again and shows what answers bring. */
interface ArticlePage {
  /** Where its operations go. */
  url: string;
  /** The sequence number that it shows. */
  seq(): number;
  quote(entry: Entry): string | null;
  show(html: string, answer: Answer, batch: Entry[]): void;
}

interface Answer { seq: number; acks: Ack[] }

interface ValueSpec {
  name: string;
  title: string;
  kind: "choice" | "number" | "text";
  required: boolean;
  options: string[];
}

interface Label { name: string; number: number; code: string; key: string | null; values: ValueSpec[] }

type SaveMode = "online" | "offline" | "signedout";

declare const htmx: {
  swap(context: {
    text: string; sourceElement?: Element; target?: Element; swap?: string; request?: object;
  }): Promise<void>;
};

