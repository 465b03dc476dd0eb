import type { Dropped, DropReason } from "../../model/intervention.js";
import type { Voice } from "../../model/standards.js";
import type { KnownNumbers } from "./numbers.js";
import { unfoundedNumber } from "./numbers.js";
import { holdsEncodedText } from "./safeguards.js";
import type { Versions } from "./versions.js";

/** What is left of a text when every sentence that can't stand is taken out. */
export interface CheckedProse {
  readonly kept: string;
  readonly dropped: readonly Dropped[];
}

/** What a sentence is held against. */
export interface ProseRules {
  readonly known: KnownNumbers;
  readonly voice: Voice;
  /** A name in it that nothing bears; null when there is none. */
  readonly unknownName: (sentence: string) => string | null;
  /** The project fact it contradicts; null when there is none. */
  readonly contradiction: (sentence: string) => string | null;
  readonly versions: Versions;
  /** What else this kind of sentence may not do; a reason, or null. */
  readonly forbidden?: (sentence: string) => string | null;
  /** Whether a word stands in the reviewed code. */
  readonly isWritten: (word: string) => boolean;
}

/**
 * Checks sentence by sentence: no number that nothing stands for, no name the project and its libraries lack, nothing the project refutes, no
 * hedging, no insult, no emoji, no link, mention or picture. Code spans are not prose.
 */
export function checkProse(text: string, rules: ProseRules): CheckedProse {
  const dropped: Dropped[] = [];
  const paragraphs = text.split(/\n{2,}/).map((paragraph) =>
    sentencesOf(paragraph)
      .filter((sentence) => {
        const found = objection(sentence, rules);
        if (found !== null) dropped.push({ claim: sentence.trim(), ...found });
        return found === null;
      })
      .join("")
      .trim(),
  );
  return { kept: paragraphs.filter((paragraph) => paragraph !== "").join("\n\n"), dropped };
}

const addressed =
  /\b[a-z][a-z0-9+.-]*:\/\/|\bwww\.|<[!@#][^>]*>?|\]\s*\(|\]\s*\[|!\[|<\/?[a-z][^>]*>|\b(?:mailto|javascript|tel):|\bdata:\w+\/|(?<![\w`])@(?:here|channel|everyone)\b/i;
/** `guard-updates.example`, `evil.io/x`: an address without its scheme. File names and calls are none. */
const bareHost =
  /(?<![\w./@:])(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|app|ru|cn|xyz|info|biz|co|me|sh|example|test|local|site|online|link|click|top)\b(?![(:])/i;
/** In code a name may well end in `.me` or `.app`. */
const hostInCode = /(?<![\w./@:])(?:[a-z0-9-]+\.)+(?:com|net|org|xyz|example)\b(?![(:])|\b(?:curl|wget|nc)\s/i;
/** Letters of two alphabets in one word are there to deceive. */
const lookalike = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u;
const pictograph = /\p{Extended_Pictographic}|[\u{1f1e6}-\u{1f1ff}]/u;

type Objection = { readonly reason: string; readonly kind: DropReason };

function objection(sentence: string, rules: ProseRules): Objection | null {
  const forbidden = rules.forbidden?.(sentence) ?? null;
  if (forbidden !== null) return { kind: "voice", reason: forbidden };
  if (holdsEncodedText(sentence, rules.isWritten)) return { kind: "address", reason: "it holds an encoded text" };
  return (
    addressing(sentence) ??
    unborne(sentence, rules) ??
    unfounded(sentence, rules) ??
    unspeakable(sentence, rules) ??
    refuted(sentence, rules)
  );
}

function addressing(sentence: string): Objection | null {
  if (addressed.test(sentence) || bareHost.test(withoutCode(sentence)) || hostInCode.test(codeOf(sentence)))
    return { kind: "address", reason: "it holds a link or mention that Guard did not make" };
  if ([...sentence.matchAll(/\p{L}+/gu)].some(([word]) => lookalike.test(word) && /\p{Script=Latin}/u.test(word)))
    return { kind: "address", reason: "it holds letters made to look like others" };
  return pictograph.test(sentence.replace(/[©®™]/g, "")) ? { kind: "voice", reason: "it holds a picture sign" } : null;
}

function unborne(sentence: string, { versions, unknownName }: ProseRules): Objection | null {
  const version = versions.unborne(sentence);
  if (version !== null) return { kind: "name", reason: `the project does not have ${version}` };
  const name = unknownName(sentence);
  return name === null ? null : { kind: "name", reason: `\`${name}\` is not in the project or its libraries` };
}

function unfounded(sentence: string, { versions, known, voice }: ProseRules): Objection | null {
  const number = unfoundedNumber(`${withoutCode(versions.without(sentence))} ${suspectCode(sentence)}`, known, voice);
  return number === null ? null : { kind: "number", reason: `the number "${number}" is not derived from the code` };
}

function unspeakable(sentence: string, { voice }: ProseRules): Objection | null {
  const prose = withoutCode(sentence);
  const phrases = [
    ["it hedges", voice.hedging],
    ["it insults", voice.insults],
    ["nobody counted it", voice.unfounded_magnitudes],
    ["it tells a reviewer what to do instead of what the code does", voice.obedience],
  ] as const;
  for (const [reason, list] of phrases) {
    const found = list.find((candidate) => hasPhrase(prose, candidate));
    if (found !== undefined) return { kind: list === voice.unfounded_magnitudes ? "number" : "voice", reason: `${reason} ("${found}")` };
  }
  return null;
}

function refuted(sentence: string, { contradiction }: ProseRules): Objection | null {
  const fact = contradiction(sentence);
  return fact === null ? null : { kind: "contradicted", reason: `it contradicts the project: ${fact}` };
}

/** Whether a text holds a phrase as whole words. */
export function hasPhrase(prose: string, phrase: string): boolean {
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

function codeOf(sentence: string): string {
  return [...sentence.matchAll(/`([^`\n]*)`/g)].map(([, code]) => code ?? "").join(" ; ");
}

/** A code span that begins with a number (`2.3 s`) is a figure in disguise; others are code. */
function suspectCode(sentence: string): string {
  return [...sentence.matchAll(/`([^`\n]*)`/g)]
    .map(([, code]) => code ?? "")
    .filter((code) => /^\s*[~<>=≈]*\s*\d/.test(code))
    .join(" ");
}
