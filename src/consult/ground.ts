import type { Consultation } from "../model/consultation.js";
import type { Figure } from "../model/intervention.js";
import type { Opinion } from "../model/opinion.js";
import { contradictionOf } from "./ground/contradictions.js";
import { numbersIn } from "./ground/numbers.js";
import type { KnownNumbers } from "./ground/numbers.js";
import { createFindUnknownName } from "./ground/names.js";
import type { FindUnknownName } from "./ground/names.js";
import { checkProse } from "./ground/prose.js";
import type { Dropped } from "./ground/prose.js";
import { locateQuote } from "./ground/quotes.js";
import { quoteLines, textAt } from "./lines.js";
import { createModelCopy } from "./model-copy.js";

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

/** Believes nothing it can't check: quotes are looked up in the source, numbers in what was derived, claims in the project. Fails closed. */
export function groundOpinion(opinion: Opinion, consultation: Consultation, figures: readonly Figure[]): GroundedOpinion {
  const dropped: Dropped[] = [];
  const unknownName = createFindUnknownName(consultation);
  const problems = opinion.problems.flatMap((said) => {
    const checked = groundProblem(said, { consultation, figures, unknownName });
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
    const checked = checkProse(text, known, consultation.standards.voice, unknownName);
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

interface Ground {
  readonly consultation: Consultation;
  readonly figures: readonly Figure[];
  readonly unknownName: FindUnknownName;
}

interface Checked {
  readonly problem: GroundedProblem | null;
  readonly dropped: readonly Dropped[];
}

function groundProblem(said: Said, { consultation, figures, unknownName }: Ground): Checked {
  const whole = (reason: string, also: readonly Dropped[] = []): Checked => ({
    problem: null,
    dropped: [{ claim: said.title, reason }, ...also],
  });
  if (said.confidence === "possible") return whole("it is only possible, and only what is certain or likely is shown");
  const path = said.path.replace(/^\.?\//, "");
  const copied = copiedText(consultation, path);
  if (copied === null) return whole(`${path} is not among the files that were read`);
  const place = locateQuote(copied, said.quote, said.line);
  if (place.kind === "lost") return whole(`${place.reason} (${path}:${said.line})`);
  const words = [said.title, said.consequence, said.fix].join(" ");
  const contradiction = contradictionOf({ path, text: words, quote: said.quote }, consultation.project);
  if (contradiction !== null) return whole(`it contradicts the project: ${contradiction}`);

  const evidence = groundEvidence(said, consultation);
  const quote = quoteLines(copied, place.line, place.endLine);
  const known = knownNumbers(consultation, figures, [quote, ...evidence.kept.map((step) => step.quote)].join("\n"), [
    place,
    ...evidence.kept.map((step) => ({ line: step.line, endLine: step.line })),
  ]);
  const { voice } = consultation.standards;
  const oneLine = said.title.replace(/\s+/g, " ").trim();
  const [title, consequence] = [oneLine, said.consequence].map((text) => checkProse(text, known, voice, unknownName));
  // A fix may name what is to be written.
  const fix = checkProse(said.fix, known, voice);
  const prose = [...(title?.dropped ?? []), ...(consequence?.dropped ?? []), ...fix.dropped];
  if (title?.kept !== oneLine) return whole("its title can't stand", prose);
  if (!consequence?.kept) return whole("it names no consequence that stands", prose);
  if (fix.kept === "") return whole("it names no fix that stands", prose);
  return {
    problem: {
      said,
      title: title.kept,
      consequence: consequence.kept,
      fix: fix.kept,
      place: { path, line: place.line, endLine: place.endLine, quote },
      evidence: evidence.kept,
    },
    dropped: [...prose, ...evidence.dropped],
  };
}

function groundEvidence(said: Said, consultation: Consultation): { kept: GroundedProblem["evidence"]; dropped: Dropped[] } {
  const kept: { path: string; line: number; quote: string }[] = [];
  const dropped: Dropped[] = [];
  for (const step of said.evidence) {
    const path = step.path.replace(/^\.?\//, "");
    const copied = copiedText(consultation, path);
    const place = copied === null ? null : locateQuote(copied, step.quote, step.line);
    if (copied === null || place === null) dropped.push({ claim: step.quote, reason: `${path} is not among the files that were read` });
    else if (place.kind === "lost") dropped.push({ claim: step.quote, reason: `as evidence, ${place.reason} (${path}:${step.line})` });
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
