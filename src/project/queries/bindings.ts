import type { Expression } from "../../model/expression.js";
import type { QueryColumn, QuerySource } from "./types.js";
import { atomOf } from "../values.js";

/** What each variable of a query expression stands for: the position of a source. */
export type Bindings = ReadonlyMap<string, number>;

/** `u`, `[u]`, `[u, p]`, `[..., p]`, `[u, comments: c]`, as written before an expression or before `in`. */
export function bindingsOf(written: Expression | null | undefined, sources: readonly QuerySource[]): Map<string, number> {
  const bindings = new Map<string, number>();
  const add = (part: Expression | null | undefined, position: number): void => {
    if (part?.kind === "variable" && position >= 0) bindings.set(part.name, position);
  };
  const addNamed = (part: Expression): void => {
    if (part.kind !== "keyword") return;
    for (const entry of part.entries)
      add(
        entry.value,
        sources.findIndex((source) => source.as === entry.key),
      );
  };
  if (written?.kind === "variable") add(written, 0);
  if (written?.kind === "keyword") addNamed(written);
  if (written?.kind === "list") {
    const positional = written.elements.filter((element) => element.kind !== "keyword");
    const gap = positional.findIndex((element) => element.kind !== "variable" || element.name === "...");
    positional.forEach((element, position) => {
      add(element, gap === -1 || position < gap ? position : sources.length - positional.length + position);
    });
    written.elements.forEach(addNamed);
  }
  return bindings;
}

/** The column an expression is: `u.email`, `field(u, :email)`, `as(:user).email`; null for everything else. */
export function columnOf(expression: Expression, bindings: Bindings, sources: readonly QuerySource[]): QueryColumn | null {
  if (expression.kind === "access" && expression.field !== null) {
    const source = positionOf(expression.subject, bindings, sources);
    return source === null ? null : { source, column: expression.field };
  }
  if (expression.kind !== "call") return null;
  const [first, second] = expression.arguments;
  if (/^(type|coalesce)$/.test(expression.function) && first !== undefined) return columnOf(first, bindings, sources);
  if (expression.function !== "field" || first === undefined) return null;
  const source = positionOf(first, bindings, sources);
  const column = atomOf(second);
  return source === null || column === null ? null : { source, column };
}

function positionOf(subject: Expression, bindings: Bindings, sources: readonly QuerySource[]): number | null {
  if (subject.kind === "variable") return bindings.get(subject.name) ?? null;
  if (subject.kind !== "call" || subject.function !== "as") return null;
  const position = sources.findIndex((source) => source.as === atomOf(subject.arguments[0]));
  return position === -1 ? null : position;
}
