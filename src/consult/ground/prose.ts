import type { Voice } from "../../model/standards.js";
import type { FindUnknownName } from "./names.js";
import type { KnownNumbers } from "./numbers.js";
import { unfoundedNumber } from "./numbers.js";

export interface Dropped {
  readonly claim: string;
  readonly reason: string;
}

/** What is left of a text when every sentence that can't stand is taken out. */
export interface CheckedProse {
  readonly kept: string;
  readonly dropped: readonly Dropped[];
}

/** Checks sentence by sentence: no number that nothing stands for, no name the project lacks, no hedging, no insult, no link or mention. Code spans are not prose. */
export function checkProse(text: string, known: KnownNumbers, voice: Voice, unknownName: FindUnknownName = () => null): CheckedProse {
  const dropped: Dropped[] = [];
  const paragraphs = text.split(/\n{2,}/).map((paragraph) =>
    sentencesOf(paragraph)
      .filter((sentence) => {
        const reason = objection(sentence, known, voice, unknownName);
        if (reason !== null) dropped.push({ claim: sentence.trim(), reason });
        return reason === null;
      })
      .join("")
      .trim(),
  );
  return { kept: paragraphs.filter((paragraph) => paragraph !== "").join("\n\n"), dropped };
}

function objection(sentence: string, known: KnownNumbers, voice: Voice, unknownName: FindUnknownName): string | null {
  if (/https?:\/\/|<[!@#]|\]\(/.test(sentence)) return "it holds a link or mention that Guard did not make";
  const name = unknownName(sentence);
  if (name !== null) return `\`${name}\` is not in the project`;
  const prose = withoutCode(sentence);
  const number = unfoundedNumber(`${prose} ${suspectCode(sentence)}`, known, voice);
  if (number !== null) return `the number "${number}" is not derived from the code`;
  const phrase = [
    ["it hedges", voice.hedging],
    ["it insults", voice.insults],
    ["nobody counted it", voice.unfounded_magnitudes],
  ] as const;
  for (const [reason, phrases] of phrase) {
    const found = phrases.find((candidate) => hasPhrase(prose, candidate));
    if (found !== undefined) return `${reason} ("${found}")`;
  }
  return null;
}

function hasPhrase(prose: string, phrase: string): boolean {
  const escaped = phrase.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
  return new RegExp(`(?<![\\w])${escaped}(?![\\w])`, "i").test(prose);
}

/** Sentences with the white space after them; a full stop inside a code span ends nothing. */
function sentencesOf(paragraph: string): string[] {
  const spans: string[] = [];
  const masked = paragraph.replace(/```[\s\S]*?```|`[^`\n]*`/g, (span) => `\u0001${spans.push(span) - 1}\u0002`);
  return masked
    .split(/(?<=[.!?]["')]?\s+)(?=[\u0001"'(A-Z])|(?<=\n)/)
    .map((sentence) => sentence.replace(/\u0001(\d+)\u0002/g, (_whole, index: string) => spans[Number(index)] ?? ""));
}

function withoutCode(sentence: string): string {
  return sentence.replace(/```[\s\S]*?```|`[^`\n]*`/g, " ");
}

/** A code span that begins with a number (`2.3 s`) is a figure in disguise; others are code. */
function suspectCode(sentence: string): string {
  return [...sentence.matchAll(/`([^`\n]*)`/g)]
    .map(([, code]) => code ?? "")
    .filter((code) => /^\s*[~<>=]*\s*\d/.test(code))
    .join(" ");
}
