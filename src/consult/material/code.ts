import type { Consultation } from "../../model/consultation.js";
import type { LineRange } from "../../model/source.js";
import { fence, numbered } from "../fence.js";
import type { ModelCopy } from "../model-copy.js";
import { linesWithInvisible } from "../model-copy.js";

/** Characters of code sent at most; about 60,000 tokens. */
const budget = 200_000;
/** Lines shown around a place that is needed and whose file is not shown whole. */
const around = 12;

interface Wanted {
  readonly path: string;
  readonly text: string;
  readonly ranges: readonly LineRange[];
}

/**
 * The code as the model gets it: the files under review whole while they fit, else around what was asked and found, then
 * the places of other files the findings rest on. What was left out is said in its place.
 */
export function codeMaterial(consultation: Consultation, copy: ModelCopy): string {
  const reviewed = consultation.sources.map((source) => ({
    path: source.path,
    text: source.text,
    ranges: wholeOrAsked(consultation, source),
  }));
  const paths = new Set(reviewed.map((file) => file.path));
  const others = evidenceRanges(consultation, paths).flatMap(([path, ranges]): Wanted[] => {
    const text = consultation.textOf(path);
    return text === null ? [] : [{ path, text, ranges }];
  });
  let left = budget;
  return [...reviewed, ...others]
    .map((file) => {
      const rendered = render(file, copy, left);
      left = Math.max(0, left - rendered.length);
      return rendered;
    })
    .join("\n\n");
}

function wholeOrAsked(consultation: Consultation, source: Consultation["sources"][number]): LineRange[] {
  const last = source.text.split("\n").length;
  if (source.text.length <= budget) return [{ first: 1, last }];
  const found = consultation.findings.filter((finding) => finding.place.path === source.path);
  const asked = source.lines === null ? [] : [source.lines];
  return merge([...asked, ...found.map(({ place }) => ({ first: place.line - around, last: place.endLine + around }))], last);
}

function evidenceRanges(consultation: Consultation, reviewed: ReadonlySet<string>): [string, LineRange[]][] {
  const byPath = new Map<string, LineRange[]>();
  for (const finding of consultation.findings) {
    for (const place of [finding.place, ...finding.evidence.map((step) => step.place)]) {
      if (reviewed.has(place.path)) continue;
      const ranges = byPath.get(place.path) ?? [];
      byPath.set(place.path, [...ranges, { first: place.line - around, last: place.endLine + around }]);
    }
  }
  return [...byPath]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([path, ranges]) => [path, merge(ranges, (consultation.textOf(path) ?? "").split("\n").length)]);
}

function merge(ranges: readonly LineRange[], last: number): LineRange[] {
  const sorted = ranges
    .map((range) => ({ first: Math.max(1, range.first), last: Math.min(last, range.last) }))
    .filter((range) => range.first <= range.last)
    .sort((left, right) => left.first - right.first);
  const merged: LineRange[] = [];
  for (const range of sorted) {
    const previous = merged.at(-1);
    if (previous !== undefined && range.first <= previous.last + 1)
      merged[merged.length - 1] = { first: previous.first, last: Math.max(previous.last, range.last) };
    else merged.push(range);
  }
  return merged;
}

function render(file: Wanted, copy: ModelCopy, left: number): string {
  const lines = copy(file.text).split("\n");
  const parts: string[] = [];
  let next = 1;
  let spent = 0;
  for (const range of file.ranges) {
    if (range.first > next) parts.push(leftOut(next, range.first - 1));
    const shown = numbered(lines.slice(range.first - 1, range.last), range.first);
    if (spent + shown.length > left) break;
    spent += shown.length;
    parts.push(shown);
    next = range.last + 1;
  }
  if (next <= lines.length) parts.push(leftOut(next, lines.length));
  const hidden = linesWithInvisible(file.text);
  const attributes = { path: copy(file.path), lines: String(lines.length) };
  const note =
    hidden.length === 0 ? attributes : { ...attributes, "invisible-characters-removed-on-lines": hidden.slice(0, 20).join(", ") };
  return fence("source", note, parts.join("\n"));
}

function leftOut(first: number, last: number): string {
  return `[lines ${first} to ${last} are not shown]`;
}
