import type { Call, Expression } from "../../model/expression.js";
import { outlineOfClause } from "../../model/outline.js";
import type { Project } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { effectsWithin } from "../../project/effects-of.js";
import { loopsIn, mayLoop, type LoopSite } from "../../project/loops-in.js";
import type { Definition } from "./definitions.js";
import { isShort } from "./short-lists.js";

/** A loop that adds one statement to an `Ecto.Multi` for every element. */
export interface MultiPerElement {
  readonly call: Call;
  readonly loop: LoopSite;
  /** Every statement gets values written here, so one bulk statement does the same. */
  readonly plain: boolean;
}

const adding = /^(insert|update|delete|insert_or_update)$/;

/** The loops of a definition whose body adds exactly one statement to a Multi. */
export function multiPerElement(definition: Definition, project: Project): MultiPerElement[] {
  const outline = outlineOfClause(definition.clause);
  if (!mayLoop(outline) || !outline.calls.some((call) => isAdding(call))) return [];
  const loops = loopsIn(definition.body);
  return loops.flatMap((loop) => {
    if (loop.batched || isShort(loop.source, definition, project)) return [];
    if (loops.some((other) => other !== loop && contains(loop.body.span, other.expression.span))) return [];
    const steps = collect(loop.body, "call").filter(
      (call) => call.module === "Ecto.Multi" && !/^(new|append|prepend|merge)$/.test(call.function),
    );
    const [call, ...more] = steps;
    if (call === undefined || more.length > 0 || !isAdding(call)) return [];
    const asks = effectsWithin(project, definition.id, loop.body.span).some(({ effect }) => effect === "query");
    return [{ call, loop, plain: !asks && isPlain(call, loop) }];
  });
}

/** `Ecto.Multi.insert` and the like. */
export function isAdding({ module, function: name }: { readonly module: string | null; readonly function: string }): boolean {
  return module === "Ecto.Multi" && adding.test(name);
}

/** `Multi.insert(multi, key, Row.changeset(%{user_id: id}))`; rows given by the caller are validated one by one on purpose. */
function isPlain(call: Call, loop: LoopSite): boolean {
  const [, , row] = call.arguments;
  if (row === undefined) return false;
  if (call.function === "delete") return row.kind !== "lambda" && row.kind !== "capture";
  if (call.function === "insert") return row.kind === "map" ? row.base === null : row.kind === "call" && row.arguments.some(isWritten);
  return call.function === "update" && row.kind === "call" && row.arguments.some((given) => isWritten(given) && isSame(given, loop));
}

/** Values that no element takes part in. */
function isSame(values: Expression, loop: LoopSite): boolean {
  const names = loop.patterns.flatMap((pattern) => collect(pattern, "variable").map(({ name }) => name));
  return collect(values, "variable").every(({ name }) => !names.includes(name));
}

/** A map or keyword list with every key written here; a struct without fields only names the schema. */
function isWritten(argument: Expression): boolean {
  if (argument.kind === "keyword") return argument.entries.length > 0;
  if (argument.kind !== "map" || argument.base !== null || argument.entries.length === 0) return false;
  return argument.struct === null && argument.entries.every(({ key }) => key.kind === "literal");
}
