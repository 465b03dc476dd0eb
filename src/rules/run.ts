import type { IgnoredFinding } from "../model/audit.js";
import type { Facts, Language } from "../model/facts.js";
import { confidences, severityRank, type Confidence, type Finding } from "../model/finding.js";
import type { Project } from "../model/project.js";
import { contains, placeOf, type Span } from "../model/span.js";
import type { Match, Rule } from "./define.js";
import { describeBy } from "./describe.js";
import { fingerprintOf } from "./fingerprint.js";
import { silencesOf } from "./ignore.js";
import { rules as registered } from "./registry.js";

export interface RunOptions {
  /** Rules to run; all registered ones when absent. */
  readonly rules?: readonly Rule[];
  /** Files to look at; the whole project when absent. What rules know of the project is the same either way. */
  readonly paths?: readonly string[];
}

/** Runs rules over the project. Findings come once each, sorted by severity, in each what is only possible last and security first, then by path and line; those a comment silences are in `ignored`. */
export function runRules(
  project: Project,
  textOf: (path: string) => string | null,
  options: RunOptions = {},
): { findings: Finding[]; ignored: IgnoredFinding[] } {
  const findings: Finding[] = [];
  const ignored: IgnoredFinding[] = [];
  const filesOf = filesByRule(project, options.paths);
  const silencesIn = silencesByPath(textOf);
  for (const rule of options.rules ?? registered) {
    for (const facts of filesOf(rule)) {
      for (const finding of findingsIn(rule, facts, project, textOf)) {
        const silence = silencesIn(facts)(rule, finding);
        if (silence === null) findings.push(finding);
        else ignored.push({ finding: describeBy(rule, finding), comment: silence.comment, reason: silence.reason });
      }
    }
  }
  return {
    findings: findings.sort(byUrgencyAndPlace),
    ignored: ignored.sort((left, right) => byUrgencyAndPlace(left.finding, right.finding)),
  };
}

function findingsIn(rule: Rule, facts: Facts, project: Project, textOf: (path: string) => string | null): Finding[] {
  const matches = rule.match(facts, project);
  if (matches.length === 0) return [];
  const text = textOf(facts.path) ?? "";
  const equals = new Map<string, number>();
  return oncePerSpan(matches).map((match) => {
    const enclosing = enclosingDefinition(facts, match.span);
    const written = text.slice(match.span.start, match.span.end);
    const first = fingerprintOf(rule.id, enclosing, written, 0);
    const ordinal = equals.get(first) ?? 0;
    equals.set(first, ordinal + 1);
    const fingerprint = ordinal === 0 ? first : fingerprintOf(rule.id, enclosing, written, ordinal);
    return toFinding(rule, match, facts, project, { text: written, enclosing, fingerprint });
  });
}

const elixir: readonly Language[] = ["elixir", "heex", "eex"];

/** The files a rule looks at: those of its languages among the asked ones, and no more of them than it says. */
function filesByRule(project: Project, asked: readonly string[] | undefined): (rule: Rule) => readonly Facts[] {
  const wanted = asked === undefined ? null : new Set(asked);
  const files = [...project.files.values()].filter(({ path }) => wanted?.has(path) ?? true);
  const byLanguages = new Map<string, readonly Facts[]>();
  const written = (languages: readonly Language[]): readonly Facts[] => {
    const earlier = byLanguages.get(languages.join());
    if (earlier !== undefined) return earlier;
    const chosen = files.filter(({ language }) => languages.includes(language));
    byLanguages.set(languages.join(), chosen);
    return chosen;
  };
  return (rule) => {
    const languages = rule.languages ?? elixir;
    if (rule.where === undefined) return written(languages);
    return [...rule.where(project).keys()].flatMap((path) => {
      const facts = wanted?.has(path) === false ? undefined : project.files.get(path);
      return facts !== undefined && languages.includes(facts.language) ? [facts] : [];
    });
  };
}

/** The silencing comments of files, read where something was found. */
function silencesByPath(textOf: (path: string) => string | null): (facts: Facts) => ReturnType<typeof silencesOf> {
  const known = new Map<string, ReturnType<typeof silencesOf>>();
  return (facts) => {
    const earlier = known.get(facts.path);
    if (earlier !== undefined) return earlier;
    const silences = silencesOf(facts, textOf(facts.path) ?? "");
    known.set(facts.path, silences);
    return silences;
  };
}

function toFinding(
  rule: Rule,
  match: Match,
  facts: Facts,
  project: Project,
  identity: Pick<Finding, "text" | "enclosing" | "fingerprint">,
): Finding {
  return {
    rule: rule.id,
    trigger: rule.trigger,
    area: rule.area,
    severity: match.severity ?? rule.severity,
    confidence: match.confidence,
    cwe: rule.cwe,
    location: { path: facts.path, span: match.span },
    place: placeOf(facts.path, facts.lineStarts, match.span),
    slots: match.slots,
    evidence: match.evidence.flatMap(({ at, ...told }) => {
      const lineStarts = project.files.get(at.path)?.lineStarts;
      return lineStarts === undefined ? [] : [{ place: placeOf(at.path, lineStarts, at.span), ...told }];
    }),
    fix: rule.fix ?? null,
    ...identity,
  };
}

/** Two ways to reach the same text are one problem: the surest is kept. Order is that of the source, so ordinals are stable. */
function oncePerSpan(matches: readonly Match[]): Match[] {
  const bySpan = new Map<string, Match>();
  for (const match of matches) {
    const key = `${match.span.start}-${match.span.end}`;
    const known = bySpan.get(key);
    if (known === undefined || confidenceRank(match.confidence) < confidenceRank(known.confidence)) bySpan.set(key, match);
  }
  return [...bySpan.values()].sort((left, right) => left.span.start - right.span.start || left.span.end - right.span.end);
}

function confidenceRank(confidence: Confidence): number {
  return confidences.indexOf(confidence);
}

/** `Module.function/arity` around a span, else the innermost module, else the path. */
function enclosingDefinition(facts: Facts, span: Span): string {
  const around = facts.modules.filter((module) => contains(module.span, span));
  const innermost = around.sort((left, right) => left.span.end - left.span.start - (right.span.end - right.span.start))[0];
  if (innermost === undefined) return facts.path;
  const definition = innermost.functions.find(
    (candidate) => contains(candidate.span, span) || candidate.clauses.some((clause) => contains(clause.span, span)),
  );
  return definition === undefined ? innermost.name : `${innermost.name}.${definition.name}/${definition.arity}`;
}

function byUrgencyAndPlace(left: Finding, right: Finding): number {
  return (
    severityRank(left.severity) - severityRank(right.severity) ||
    doubt(left) - doubt(right) ||
    later(left) - later(right) ||
    compare(left.place.path, right.place.path) ||
    left.place.line - right.place.line ||
    left.place.column - right.place.column ||
    compare(left.rule, right.rule)
  );
}

function doubt({ confidence }: Finding): number {
  return confidence === "possible" ? 1 : 0;
}

/** What somebody from outside can use does not wait behind what is slow. */
function later({ area }: Finding): number {
  return area === "security" ? 0 : 1;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
