import type { Voice } from "../../model/standards.js";

/** Numbers a sentence may hold, because code derived them or they stand in the quoted source. */
export interface KnownNumbers {
  readonly inCode: ReadonlySet<string>;
  /** Counted by Guard: these may stand before a unit. */
  readonly derived: ReadonlySet<string>;
  /** Lines that were located; `line 12` is checked against them. */
  readonly lines: ReadonlySet<number>;
}

const spelled = new Map(
  [
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "hundred",
    "thousand",
    "million",
    "billion",
  ].map((word, index) => [word, index < 9 ? String(index + 4) : word] as const),
);
const relativeUnits = new Set(["%", "x", "times", "percent"]);

/** The numbers written in a text, in one form: `5_000` and `5,000` are `5000`. */
export function numbersIn(text: string): Set<string> {
  return new Set([...text.matchAll(/\d[\d_,]*(?:\.\d+)?/g)].map(([number]) => plain(number)));
}

/** The first number of a sentence that nothing stands for; null when there is none. `prose` has no code spans. */
export function unfoundedNumber(prose: string, known: KnownNumbers, voice: Voice): string | null {
  for (const word of prose.toLowerCase().match(/[a-z]+/g) ?? []) {
    const value = spelled.get(word);
    if (value !== undefined && !known.derived.has(value)) return word;
  }
  const units = new Set(voice.units);
  const withoutLines = prose.replace(
    /\blines?\s+(\d+)(?:\s*(?:-|–|to|and)\s*(\d+))?/gi,
    (whole, first: string, last: string | undefined) =>
      [first, last ?? first].every((line) => known.lines.has(Number(line))) ? "" : whole,
  );
  for (const found of withoutLines.matchAll(/(?<![\w.$#@/:-])(\d[\d_,]*(?:\.\d+)?)\s*-?\s*([a-z]+|%)?/gi)) {
    const number = plain(found[1] ?? "");
    const unit = (found[2] ?? "").toLowerCase();
    const before = withoutLines.slice(0, found.index);
    if (isFounded(number, unit, before, known, units)) continue;
    return found[0].trim();
  }
  return null;
}

function isFounded(number: string, unit: string, before: string, known: KnownNumbers, units: ReadonlySet<string>): boolean {
  if (known.derived.has(number) && !relativeUnits.has(unit)) return true;
  if (relativeUnits.has(unit)) return false;
  if (known.inCode.has(number)) return true;
  if (units.has(unit)) return false;
  return number === "0" || number === "1" || isStatus(number, before);
}

/** `HTTP 404`, `answers with a 500`: a name, not a quantity. */
function isStatus(number: string, before: string): boolean {
  return /^[1-5]\d\d$/.test(number) && /(?:\bHTTP|\bstatus|\bcode|\breturns?|\banswers?|\bwith|\ban?)\s+$/i.test(before);
}

function plain(number: string): string {
  return number.replace(/[_,]/g, "").replace(/\.0+$/, "");
}
