import type { Expression } from "../../model/expression.js";
import type { Project } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import type { EffectStep } from "../../project/effects-of.js";
import { atomOf, elementsOf, optionOf } from "../../project/values.js";

/** The associations a list is asked for by name where it is loaded (`Posts.list(preload: [:author])`); null when nothing names them. */
export function preloadsOfSource(source: Expression | null): ReadonlySet<string> | null {
  let current = source;
  while (current?.kind === "call" && (current.module === "Enum" || current.module === "Stream")) current = current.arguments[0] ?? null;
  if (current?.kind !== "call") return null;
  return namesIn(optionOf(current, "preload") ?? optionOf(current, "preloads"));
}

/** The associations that the last step of a trace preloads; null when they are not written there. */
export function preloadsAtEnd(project: Project, steps: readonly EffectStep[]): ReadonlySet<string> | null {
  const last = steps.at(-1);
  const clauses = last === undefined ? [] : (project.functions.get(last.caller)?.facts.clauses ?? []);
  for (const clause of clauses) {
    if (last === undefined || clause.body === null || !contains(clause.span, last.at.span)) continue;
    const call = collect(clause.body, "call").find(
      ({ segment }) => segment.start === last.at.span.start && segment.end === last.at.span.end,
    );
    return namesIn(call?.arguments[1] ?? null);
  }
  return null;
}

/** `:author`, `[:author, comments: :votes]`: the outer names. Null when one of them is no literal. */
function namesIn(written: Expression | null): ReadonlySet<string> | null {
  if (written === null) return null;
  const names = elementsOf(written).flatMap((element): (string | null)[] =>
    element.kind === "keyword" ? element.entries.map(({ key }) => key) : [atomOf(element)],
  );
  return names.includes(null) ? null : new Set(names.filter((name) => name !== null));
}
