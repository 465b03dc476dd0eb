import type { Facts } from "../model/facts.js";
import type { Finding } from "../model/finding.js";
import { contains, placeOf, positionOf, type Place, type Span } from "../model/span.js";
import type { Rule } from "./define.js";

/** A comment that silences some rules on some lines. `lines` are 1-based, both ends included. */
interface Silence {
  readonly first: number;
  readonly last: number;
  readonly silences: (rule: Rule) => boolean;
  readonly comment: Place;
  readonly reason: string;
}

/** The comment that silences a finding, if any, with the reason it gives (empty when it gives none). */
export type FindSilence = (rule: Rule, finding: Finding) => { readonly comment: Place; readonly reason: string } | null;

const guardComment = /^(?:#|\/\/|\/\*|<%!--|<%#)\s*guard:ignore\s+(?<rule>[a-z0-9-]+)[:,]?\s*(?<reason>.*?)\s*(?:--%>|%>|\*\/)?$/;
const credoComment =
  /^#\s*credo:disable-for-(?<scope>this-file|next-line|previous-line|lines:(?<count>-?\d+))\s*(?<check>\S*)\s*(?<reason>.*)$/;
const sobelowComment = /^#\s*sobelow_skip\s*\[(?<checks>[^\]]*)\]\s*(?<reason>.*)$/;
const templateComment = /<%!--[\s\S]*?--%>|<%#[\s\S]*?%>/g;

/** Reads the ignore comments of one file: Guard's own, Credo's and Sobelow's. */
export function silencesOf(facts: Facts, text: string): FindSilence {
  const comments = commentSpans(facts, text);
  const commentLines = new Set(comments.map((span) => positionOf(facts.lineStarts, span.start).line));
  const silences = comments.flatMap((span) => readComment(facts, text.slice(span.start, span.end).trim(), span, commentLines));
  return (rule, finding) =>
    silences.find((silence) => silence.first <= finding.place.line && finding.place.line <= silence.last && silence.silences(rule)) ?? null;
}

/** Comments from the facts, and template comments, which may also stand inside a `~H` sigil. */
function commentSpans(facts: Facts, text: string): Span[] {
  const inTemplates = [...text.matchAll(templateComment)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
  const inCode = facts.comments.map((comment) => comment.span);
  return [...inCode.filter((span) => !inTemplates.some((template) => contains(template, span))), ...inTemplates];
}

function readComment(facts: Facts, text: string, span: Span, commentLines: ReadonlySet<number>): Silence[] {
  const comment = placeOf(facts.path, facts.lineStarts, span);
  const guard = guardComment.exec(text)?.groups;
  if (guard !== undefined) {
    const next = nextCodeLine(comment.endLine, commentLines);
    return [{ first: comment.line, last: next, silences: (rule) => rule.id === guard["rule"], comment, reason: guard["reason"] ?? "" }];
  }
  const credo = credoComment.exec(text)?.groups;
  if (credo !== undefined) {
    const silences = (rule: Rule): boolean =>
      (rule.silencedBy.credo ?? []).some((check) => [check, "", undefined].includes(credo["check"]));
    return [{ ...credoLines(credo["scope"] ?? "", credo["count"], comment.line), silences, comment, reason: credo["reason"] ?? "" }];
  }
  const sobelow = sobelowComment.exec(text)?.groups;
  if (sobelow !== undefined) {
    const checks = [...(sobelow["checks"] ?? "").matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
    const silences = (rule: Rule): boolean => (rule.silencedBy.sobelow ?? []).some((check) => checks.some((name) => covers(name, check)));
    return [{ ...functionLines(facts, comment.endLine), silences, comment, reason: sobelow["reason"] ?? "" }];
  }
  return [];
}

/** `SQL` in a skip list covers `SQL.Query`. */
function covers(name: string, check: string): boolean {
  return check === name || check.startsWith(`${name}.`);
}

/** Ignore comments may be stacked: each reaches the first line below that is not itself a comment. */
function nextCodeLine(line: number, commentLines: ReadonlySet<number>): number {
  let next = line + 1;
  while (commentLines.has(next)) next += 1;
  return next;
}

function credoLines(scope: string, count: string | undefined, line: number): { first: number; last: number } {
  if (scope === "this-file") return { first: 1, last: Infinity };
  if (scope === "previous-line") return { first: line - 1, last: line - 1 };
  const reach = count === undefined ? 1 : Number(count);
  return reach < 0 ? { first: line + reach, last: line - 1 } : { first: line + 1, last: line + reach };
}

/** Sobelow's comment stands above a function and covers all of it. */
function functionLines(facts: Facts, commentLine: number): { first: number; last: number } {
  const below = facts.modules
    .flatMap((module) => module.functions.flatMap((definition) => definition.clauses))
    .map((clause) => placeOf(facts.path, facts.lineStarts, clause.span))
    .filter((place) => place.line > commentLine)
    .sort((left, right) => left.line - right.line)[0];
  return below === undefined ? { first: commentLine, last: commentLine + 1 } : { first: below.line, last: below.endLine };
}
