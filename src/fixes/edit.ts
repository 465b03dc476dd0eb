import { applyPatch, createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { AuditedFinding } from "../model/audit.js";
import type { Span } from "../model/span.js";
import type { FileChange } from "../model/patch.js";
import type { Change, FixInput } from "./define.js";

/** A replacement of one span; nothing else in the file is touched. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** The text with the edits applied; spans must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((left, right) => right.span.start - left.span.start)
    .reduce((current, { span, text: written }) => current.slice(0, span.start) + written + current.slice(span.end), text);
}

/** A change of the finding's own file; null when the file was not read or nothing would change. */
export function editOf(finding: AuditedFinding, input: FixInput, title: string, edits: readonly Edit[]): Change | null {
  const before = input.analysis.textOf(finding.place.path);
  if (before === null) return null;
  const after = applyEdits(before, edits);
  if (after === before) return null;
  return { path: finding.place.path, before, after, title, kind: "implementation", findings: [finding.fingerprint] };
}

/** A unified diff as git writes and applies it. */
export function unifiedDiff({ path, before, after }: FileChange): string {
  const from = before === null ? "/dev/null" : `a/${path}`;
  return createTwoFilesPatch(from, `b/${path}`, before ?? "", after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

/** Whether the diff, applied to the text before, gives exactly the text after. */
export function appliesCleanly(change: Pick<FileChange, "before" | "after">, diff: string): boolean {
  return applyPatch(change.before ?? "", diff) === change.after;
}
