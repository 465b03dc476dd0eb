import type { FileChange } from "../../model/patch.js";
import type { ProjectModule } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { applyEdits } from "../edit.js";
import { indentationAt, writtenAt } from "../find-code.js";

/** A supervisor's file with one more child, before the others: what they need is there when they start. Null where the list is not written as `children = […]`. */
export function withChild(supervisor: ProjectModule, child: string, textOf: (path: string) => string | null): FileChange | null {
  const before = textOf(supervisor.path);
  const bodies = supervisor.facts.functions.flatMap(({ clauses }) => clauses.flatMap(({ body }) => body ?? []));
  const lists = bodies
    .flatMap((body) => collect(body, "match"))
    .flatMap(({ pattern, value }) => (pattern.kind === "variable" && pattern.name === "children" && value.kind === "list" ? [value] : []));
  const [list, ...others] = lists;
  const first = list?.elements[0];
  if (before === null || list === undefined || others.length > 0 || list.tail !== null) return null;
  if (first === undefined) return { path: supervisor.path, before, after: applyEdits(before, [{ span: list.span, text: `[${child}]` }]) };
  const isBroken = writtenAt(before, { start: list.span.start, end: first.span.start }).includes("\n");
  const separator = isBroken ? `,\n${indentationAt(before, first.span.start)}` : ", ";
  const at = { start: first.span.start, end: first.span.start };
  return { path: supervisor.path, before, after: applyEdits(before, [{ span: at, text: `${child}${separator}` }]) };
}
