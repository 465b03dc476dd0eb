import type { Consultation } from "../model/consultation.js";
import type { Dropped, DropReason, Figure } from "../model/intervention.js";
import type { Opinion } from "../model/opinion.js";
import { contradictionOf } from "./ground/contradictions.js";
import { numbersIn } from "./ground/numbers.js";
import type { KnownNumbers } from "./ground/numbers.js";
import { createFindUnknownName } from "./ground/names.js";
import type { FindUnknownName } from "./ground/names.js";
import { checkProse } from "./ground/prose.js";
import type { CheckedProse, ProseRules } from "./ground/prose.js";
import { locateQuote } from "./ground/quotes.js";
import { doesMore, ordersSafeguardAway, takesSafeguardAway } from "./ground/safeguards.js";
import { createVersions } from "./ground/versions.js";
import type { Versions } from "./ground/versions.js";
import { quoteLines, textAt } from "./lines.js";
import { createModelCopy, withoutInvisible } from "./model-copy.js";

type Said = Opinion["problems"][number];

/** A problem of the model whose every part was checked: the quote is where `place` says, and each sentence stands. */
export interface GroundedProblem {
  readonly said: Said;
  readonly title: string;
  readonly consequence: string;
  readonly fix: string;
  readonly place: { readonly path: string; readonly line: number; readonly endLine: number; readonly quote: string };
  readonly evidence: readonly { readonly path: string; readonly line: number; readonly quote: string }[];
}

/** What is left of an opinion, and everything that was taken out with its reason. */
export interface GroundedOpinion {
  readonly summary: string;
  readonly problems: readonly GroundedProblem[];
  readonly sections: Opinion["sections"];
  readonly dropped: readonly Dropped[];
}

/** Believes nothing it can't check: quotes are looked up in the source, numbers in what was derived, names and claims in the project. Fails closed. */
export function groundOpinion(opinion: Opinion, consultation: Consultation, figures: readonly Figure[]): GroundedOpinion {
  const dropped: Dropped[] = [];
  const ground = groundOf(consultation, figures);
  const problems = opinion.problems.flatMap((said) => {
    const checked = groundProblem(visible(said), ground);
    dropped.push(...checked.dropped);
    return checked.problem === null ? [] : [checked.problem];
  });
  const known = knownNumbers(
    consultation,
    figures,
    "",
    problems.map((problem) => problem.place),
  );
  const prose = (text: string) => {
    const checked = checkStatement(withoutInvisible(text), known, ground);
    dropped.push(...checked.dropped);
    return checked.kept;
  };
  const { performance, security, documentation, monitoring, deployment, rollback } = opinion.sections;
  return {
    problems,
    summary: prose(opinion.summary),
    sections: {
      performance: prose(performance),
      security: prose(security),
      documentation: prose(documentation),
      monitoring: prose(monitoring),
      deployment: prose(deployment),
      rollback: prose(rollback),
    },
    dropped,
  };
}

/** What is left of a text that stands by itself, such as an answer, with those of its quotes that were found. */
export function groundSentences(
  text: string,
  quotes: Said["evidence"],
  consultation: Consultation,
): { readonly kept: string; readonly evidence: GroundedProblem["evidence"]; readonly dropped: readonly Dropped[] } {
  const ground = groundOf(consultation, []);
  const evidence = groundEvidence({ evidence: quotes }, consultation);
  const quoted = evidence.kept.map((step) => step.quote).join("\n");
  const places = evidence.kept.map(({ line }) => ({ line, endLine: line }));
  const { kept, dropped } = checkStatement(withoutInvisible(text), knownNumbers(consultation, [], quoted, places), ground);
  return { kept, evidence: evidence.kept, dropped: [...dropped, ...evidence.dropped] };
}

function groundOf(consultation: Consultation, figures: readonly Figure[]): Ground {
  return { consultation, figures, unknownName: createFindUnknownName(consultation), versions: createVersions(consultation.project) };
}

interface Ground {
  readonly consultation: Consultation;
  readonly figures: readonly Figure[];
  readonly unknownName: FindUnknownName;
  readonly versions: Versions;
}

interface Checked {
  readonly problem: GroundedProblem | null;
  readonly dropped: readonly Dropped[];
}

/** What nobody can see is nothing the model may say either. */
function visible(said: Said): Said {
  const { title, quote, consequence, fix, replacement } = said;
  const [seenTitle = "", seenQuote = "", seenConsequence = "", seenFix = "", seenReplacement = ""] = [
    title,
    quote,
    consequence,
    fix,
    replacement,
  ].map(withoutInvisible);
  return { ...said, title: seenTitle, quote: seenQuote, consequence: seenConsequence, fix: seenFix, replacement: seenReplacement };
}

function groundProblem(said: Said, ground: Ground): Checked {
  const { consultation } = ground;
  const whole = (kind: DropReason, reason: string, also: readonly Dropped[] = []): Checked => ({
    problem: null,
    dropped: [{ claim: said.title, reason, kind }, ...also],
  });
  if (said.confidence === "possible") return whole("doubtful", "it is only possible, and only what is certain or likely is shown");
  const path = said.path.replace(/^\.?\//, "");
  const copied = copiedText(consultation, path);
  if (copied === null) return whole("place", `${path} is not among the files that were read`);
  const place = locateQuote(copied, said.quote, said.line);
  if (place.kind === "lost") return whole("place", `${place.reason} (${path}:${said.line})`);
  const quote = quoteLines(copied, place.line, place.endLine);
  const text = [said.title, said.consequence, said.fix].join(" ");
  const contradiction = contradictionOf({ path, text, quote, lines: place }, consultation);
  if (contradiction !== null) return whole("contradicted", `it contradicts the project: ${contradiction}`);

  const evidence = groundEvidence(said, consultation);
  const words = groundWords(said, { place, quote, evidence: evidence.kept }, ground);
  if (words.kind === "nothing") return whole("incomplete", words.reason, words.dropped);
  const replacement = isUsable(said.replacement, quote, ground) ? said.replacement : "";
  return {
    problem: {
      said: { ...said, replacement },
      ...{ title: words.title, consequence: words.consequence, fix: words.fix },
      place: { path, line: place.line, endLine: place.endLine, quote },
      evidence: evidence.kept,
    },
    dropped: [
      ...words.dropped,
      ...evidence.dropped,
      ...(replacement === said.replacement
        ? []
        : [
            {
              claim: "its replacement",
              reason: "it calls what is not there or does more than the code it replaces",
              kind: "name" as const,
            },
          ]),
    ],
  };
}

function isUsable(replacement: string, quote: string, { unknownName }: Ground): boolean {
  return unknownName.inCode(replacement) === null && !doesMore(replacement, quote);
}

interface Located {
  readonly place: { readonly line: number; readonly endLine: number };
  readonly quote: string;
  readonly evidence: GroundedProblem["evidence"];
}

type Words =
  | {
      readonly kind: "left";
      readonly title: string;
      readonly consequence: string;
      readonly fix: string;
      readonly dropped: readonly Dropped[];
    }
  | { readonly kind: "nothing"; readonly reason: string; readonly dropped: readonly Dropped[] };

/** What is left of a problem's words; nothing when one of title, consequence and fix is gone. */
function groundWords(said: Said, { place, quote, evidence }: Located, ground: Ground): Words {
  const known = knownNumbers(ground.consultation, ground.figures, [quote, ...evidence.map((step) => step.quote)].join("\n"), [
    place,
    ...evidence.map((step) => ({ line: step.line, endLine: step.line })),
  ]);
  const oneLine = said.title.replace(/\s+/g, " ").trim();
  const title = checkStatement(oneLine, known, ground);
  const consequence = checkStatement(said.consequence, known, ground);
  const fix = checkFix(said.fix, known, ground);
  const dropped = [...title.dropped, ...consequence.dropped, ...fix.dropped];
  if (title.kept !== oneLine || oneLine === "") return { kind: "nothing", reason: "its title can't stand", dropped };
  if (consequence.kept === "") return { kind: "nothing", reason: "it names no consequence that stands", dropped };
  if (fix.kept === "") return { kind: "nothing", reason: "it names no fix that stands", dropped };
  return { kind: "left", title: title.kept, consequence: consequence.kept, fix: fix.kept, dropped };
}

const lessSafe = "it takes a safeguard away";

function checkStatement(text: string, known: KnownNumbers, ground: Ground): CheckedProse {
  return checkProse(text, rulesOf(known, ground));
}

/** A fix may name what is to be written, and may take no safeguard away. */
function checkFix(text: string, known: KnownNumbers, ground: Ground): CheckedProse {
  return checkProse(text, {
    ...rulesOf(known, ground),
    unknownName: ground.unknownName.inProposal,
    forbidden: (sentence) => (takesSafeguardAway(sentence) ? lessSafe : null),
  });
}

function rulesOf(known: KnownNumbers, { consultation, unknownName, versions }: Ground): ProseRules {
  return {
    ...{ known, voice: consultation.standards.voice, versions, unknownName: unknownName.inClaim },
    contradiction: (sentence) => contradictionOf({ path: "", text: sentence, quote: "", lines: null }, consultation),
    forbidden: (sentence) => (ordersSafeguardAway(sentence) ? lessSafe : null),
    isWritten: (word) => consultation.sources.some(({ text }) => text.includes(word)),
  };
}

function groundEvidence(
  said: Pick<Said, "evidence">,
  consultation: Consultation,
): { kept: GroundedProblem["evidence"]; dropped: Dropped[] } {
  const kept: { path: string; line: number; quote: string }[] = [];
  const dropped: Dropped[] = [];
  for (const step of said.evidence) {
    const path = step.path.replace(/^\.?\//, "");
    const copied = copiedText(consultation, path);
    const place = copied === null ? null : locateQuote(copied, step.quote, step.line);
    if (copied === null || place === null)
      dropped.push({ claim: step.quote, kind: "place", reason: `${path} is not among the files that were read` });
    else if (place.kind === "lost")
      dropped.push({ claim: step.quote, kind: "place", reason: `as evidence, ${place.reason} (${path}:${step.line})` });
    else kept.push({ path, line: place.line, quote: quoteLines(copied, place.line, place.endLine) });
  }
  return { kept, dropped };
}

/** The text as the model got it, so that a quote with a hidden secret in it is found as well. */
function copiedText(consultation: Consultation, path: string): string | null {
  const text = textAt(consultation, path);
  return text === null ? null : createModelCopy([text])(text);
}

function knownNumbers(
  consultation: Consultation,
  figures: readonly Figure[],
  quoted: string,
  places: readonly { readonly line: number; readonly endLine: number }[],
): KnownNumbers {
  const derived = figures.flatMap((figure) => [String(figure.value), ...numbersIn(figure.text)]);
  const slots = consultation.findings.map((finding) => Object.values(finding.slots).flat().join(" "));
  const found = [...places, ...consultation.findings.map((finding) => finding.place)];
  return {
    inCode: new Set([...numbersIn(quoted), ...slots.flatMap((slot) => [...numbersIn(slot)])]),
    derived: new Set(derived),
    lines: new Set(
      found.flatMap((place) => Array.from({ length: Math.min(200, place.endLine - place.line + 1) }, (_, index) => place.line + index)),
    ),
  };
}
