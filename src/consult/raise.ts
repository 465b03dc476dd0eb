import type { AuditedFinding } from "../model/audit.js";
import type { Consultation } from "../model/consultation.js";
import type { Decision } from "../model/decision.js";
import type { DescribedFinding } from "../model/finding.js";
import { severityRank } from "../model/finding.js";
import type { Dropped, Problem } from "../model/intervention.js";
import { openFindings } from "./concern.js";
import type { GroundedProblem } from "./ground.js";
import type { Raised } from "./matter.js";
import { createLinkTo } from "./permalink.js";
import type { LinkTo } from "./permalink.js";
import { problemKey } from "./problem-key.js";
import { problemOf } from "./problems.js";

/** The problems to raise, numbered, worst first, and the settled points that were not raised. */
export interface Raising {
  readonly raised: readonly Raised[];
  readonly settled: readonly Decision[];
  readonly dropped: readonly Dropped[];
}

/** Joins what the detectors found with what Claude saw: restatements merge, settled points stay silent. */
export function raiseProblems(consultation: Consultation, grounded: readonly GroundedProblem[]): Raising {
  const linkTo = createLinkTo(consultation.sources);
  const raised = new Map<string, Raised>();
  for (const finding of openFindings(consultation.findings))
    raised.set(finding.fingerprint, { finding, problem: problemOf(finding, consultation, linkTo), replacement: null });
  const settled = new Map(consultation.findings.flatMap(({ decision }) => (decision === null ? [] : [[decision.id, decision] as const])));
  const dropped: Dropped[] = [];
  for (const claim of grounded) {
    const outcome = place(claim, consultation, linkTo);
    if (outcome.kind === "settled") {
      settled.set(outcome.decision.id, outcome.decision);
      dropped.push({
        claim: claim.title,
        kind: "settled",
        reason: `the team decided on it: ${outcome.decision.verdict}, ${outcome.decision.reason}`,
      });
    } else if (outcome.kind === "silenced") {
      dropped.push({ claim: claim.title, kind: "settled", reason: "a comment in the code silences it" });
    } else if (outcome.kind === "restates") {
      const known = raised.get(outcome.finding.fingerprint);
      if (known !== undefined) raised.set(outcome.finding.fingerprint, merge(known, claim));
    } else {
      const key = problemKey(outcome.problem);
      const twin = raised.has(key) || [...raised.values()].some(({ problem, finding }) => finding === null && isTwin(claim, problem));
      if (twin) dropped.push({ claim: claim.title, kind: "repeated", reason: "it is about the same lines as another problem" });
      else raised.set(key, { finding: null, problem: outcome.problem, replacement: claim.said.replacement });
    }
  }
  return { raised: numbered([...raised.values()]), settled: [...settled.values()], dropped };
}

type Placed =
  | { readonly kind: "settled"; readonly decision: Decision }
  | { readonly kind: "silenced" }
  | { readonly kind: "restates"; readonly finding: AuditedFinding }
  | { readonly kind: "new"; readonly problem: Problem };

function place(claim: GroundedProblem, consultation: Consultation, linkTo: LinkTo): Placed {
  const named = consultation.findings.filter((finding) => claim.said.finding_ids.includes(finding.fingerprint) && concerns(claim, finding));
  const overlapping = consultation.findings.filter(
    (finding) => overlaps(claim.place, finding.place) && soundsLike(claim, wordsOf(finding)),
  );
  const finding = named.find((found) => found.decision === null) ?? overlapping.find((found) => found.decision === null);
  if (finding !== undefined) return { kind: "restates", finding };
  const decided = [...named, ...overlapping].find((found) => found.decision !== null)?.decision ?? decisionOn(claim, consultation);
  if (decided !== null) return { kind: "settled", decision: decided };
  const silenced = (consultation.ignored ?? []).some(
    (ignored) => overlaps(claim.place, ignored.finding.place) && soundsLike(claim, wordsOf(ignored.finding)),
  );
  return silenced ? { kind: "silenced" } : { kind: "new", problem: problemOfClaim(claim, linkTo) };
}

/** A decision on the very lines, or on a rule of the whole file or repository that the claim restates. */
function decisionOn(claim: GroundedProblem, { decisions }: Consultation): Decision | null {
  const key = problemKey({ finding: null, place: claim.place });
  const found = decisions.find(({ scope, rule }) => {
    if (scope.kind === "finding") return scope.fingerprint === key;
    return (scope.kind === "repository" || scope.path === claim.place.path) && soundsLike(claim, rule);
  });
  return found ?? null;
}

function isTwin(claim: GroundedProblem, problem: Problem): boolean {
  return overlaps(claim.place, problem.place) && soundsLike(claim, `${problem.title} ${problem.consequence}`);
}

/** A claim may name a finding as its own only where it speaks of the finding's code. */
function concerns(claim: GroundedProblem, finding: AuditedFinding): boolean {
  const places = [finding.place, ...finding.evidence.map((step) => step.place)];
  return (
    places.some((known) => overlaps(claim.place, known)) || (claim.place.path === finding.place.path && soundsLike(claim, wordsOf(finding)))
  );
}

type Lines = Pick<GroundedProblem["place"], "path" | "line" | "endLine">;

function overlaps(one: Lines, other: Lines): boolean {
  return one.path === other.path && one.line <= other.endLine && other.line <= one.endLine;
}

function wordsOf(finding: DescribedFinding): string {
  return `${finding.rule} ${finding.trigger} ${finding.message}`;
}

/** Two texts about one thing mean the same when they share two telling words. */
function soundsLike(claim: Pick<GroundedProblem, "title" | "consequence">, known: string): boolean {
  const words = (text: string) => new Set(text.toLowerCase().match(/[a-z]{4,}/g) ?? []);
  const said = words(`${claim.title} ${claim.consequence}`);
  return [...words(known)].filter((word) => said.has(word)).length >= 2;
}

function merge(known: Raised, claim: GroundedProblem): Raised {
  const { problem } = known;
  return {
    ...known,
    problem: { ...problem, origin: "both", consequence: join(problem.consequence, claim.consequence), fix: join(problem.fix, claim.fix) },
    replacement: claim.said.replacement === "" ? known.replacement : claim.said.replacement,
  };
}

function join(detector: string, claude: string): string {
  return detector.includes(claude) ? detector : `${detector} ${claude}`;
}

function problemOfClaim(claim: GroundedProblem, linkTo: LinkTo): Problem {
  const { path, line, endLine } = claim.place;
  return {
    id: "",
    finding: null,
    rule: null,
    title: claim.title,
    place: claim.place,
    permalink: linkTo(path, line, endLine),
    consequence: claim.consequence,
    fix: claim.fix,
    severity: claim.said.severity,
    origin: "claude",
    evidence: claim.evidence.map((step) => ({
      path: step.path,
      line: step.line,
      note: `\`${firstLine(step.quote)}\``,
      permalink: linkTo(step.path, step.line, step.line),
    })),
  };
}

function firstLine(quote: string): string {
  return (quote.split("\n")[0] ?? "").replaceAll("`", "'").trim();
}

/** Worst first; what a detector saw before what only Claude saw; the order given otherwise. */
function numbered(raised: readonly Raised[]): Raised[] {
  return raised
    .map((item, index) => ({ item, index }))
    .sort(
      (left, right) =>
        severityRank(left.item.problem.severity) - severityRank(right.item.problem.severity) ||
        Number(left.item.finding === null) - Number(right.item.finding === null) ||
        left.index - right.index,
    )
    .map(({ item }, index) => ({ ...item, problem: { ...item.problem, id: String(index + 1) } }));
}
