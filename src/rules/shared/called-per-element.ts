import type { Call, Capture, Expression, Lambda } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import type { FunctionId, Project } from "../../model/project.js";
import { outlineOfClause } from "../../model/outline.js";
import { collect } from "../../model/walk.js";
import { functionsCalling } from "../../project/calls/callees.js";
import { bodyOfModule } from "../../project/calls/graph.js";
import { atomOf, bodyOf, optionOf, statementsOf, stringOf } from "../../project/values.js";
import type { Clue } from "../define.js";
import type { Definition } from "./definitions.js";
import { perProject } from "./per-project.js";
import { mayMatch } from "./reached-clauses.js";
import { spoken, written } from "./written.js";

/** What calls a function once for every element of a list, though no loop stands around the call. */
export interface PerElementCaller {
  readonly form: "rendered" | "field";
  readonly how: string;
  readonly over: string;
  readonly clue: Clue;
  /** Literal arguments it gives first; they tell which clause runs. */
  readonly given: readonly Expression[];
}

/** Who calls this clause per element. */
export function callsPerElement(project: Project, definition: Definition): readonly PerElementCaller[] {
  const callers = perElementCallers(project).get(definition.id) ?? [];
  return callers.filter((caller) => clauseFits(definition.clause, caller.given));
}

function clauseFits(clause: FunctionClause, given: readonly Expression[]): boolean {
  return given.length === 0 || clause.parameters.length < 2 || mayMatch(clause, given);
}

const perElementCallers = perProject((project) => {
  const callers = new Map<FunctionId, PerElementCaller[]>();
  const add = (id: FunctionId, caller: PerElementCaller): void => {
    callers.set(id, [...(callers.get(id) ?? []), caller]);
  };
  const rendering = new Set(functionsCalling(project, (callee) => callee.function === "render_many"));
  for (const [caller, sites] of rendering.size === 0 ? [] : project.calls) {
    for (const site of rendering.has(caller) ? sites : []) {
      const call = renderManyAt(project, caller, site.span.start);
      if (call === null) continue;
      const over = written(call.arguments[0] ?? null);
      const clue: Clue = { at: site, note: `${spoken(caller)} renders it once per element of ${over}` };
      add(site.callee, {
        form: "rendered",
        how: "render_many",
        over,
        clue,
        given: call.arguments.filter((argument) => stringOf(argument) !== null).slice(0, 1),
      });
    }
  }
  for (const { module, name, object, clue, resolver } of listedFields(project)) {
    if (resolver.kind !== "capture" || resolver.arity !== 3) continue;
    add(`${resolver.module ?? module}.${resolver.function}/3`, { form: "field", how: `field :${name}`, over: object, clue, given: [] });
  }
  return callers;
});

function renderManyAt(project: Project, caller: FunctionId, start: number): Call | null {
  for (const clause of project.functions.get(caller)?.facts.clauses ?? []) {
    const outlined = outlineOfClause(clause).calls.some((call) => call.function === "render_many" && call.span.start === start);
    if (!outlined || clause.body === null || start < clause.span.start || start >= clause.span.end) continue;
    const found = collect(clause.body, "call").find((call) => call.function === "render_many" && call.segment.start === start);
    if (found !== undefined) return found;
  }
  return null;
}

interface ListedField {
  readonly module: string;
  readonly path: string;
  readonly name: string;
  /** The type it belongs to, `:post`. */
  readonly object: string;
  readonly clue: Clue;
  readonly resolver: Capture | Lambda;
}

/** A resolver written as a lambda in the schema; `body` is the caller that stands for code in a module's body. */
export interface ListedLambda extends ListedField {
  readonly lambda: Lambda;
  readonly body: FunctionId;
}

/** The resolvers that are lambdas of fields of listed objects, by the path of their file. */
export const listedLambdas = perProject((project): ReadonlyMap<string, readonly ListedLambda[]> => {
  const byPath = new Map<string, ListedLambda[]>();
  for (const field of listedFields(project)) {
    if (field.resolver.kind !== "lambda" || field.resolver.clauses.every((clause) => clause.patterns.length !== 3)) continue;
    const entry = { ...field, lambda: field.resolver, body: bodyOfModule(field.module) };
    byPath.set(field.path, [...(byPath.get(field.path) ?? []), entry]);
  }
  return byPath;
});

/** Resolvers of fields of GraphQL objects that some field gives back as a list: each runs once per object of that list. */
const listedFields = perProject((project): readonly ListedField[] => {
  const schemas = [...project.modules.values()].filter(
    (module) => module.uses.has("Absinthe.Schema.Notation") || module.uses.has("Absinthe.Schema"),
  );
  const listed = new Set(schemas.flatMap((module) => module.facts.body.flatMap(listedTypes)));
  return schemas.flatMap((module) =>
    module.facts.body.flatMap((object) => {
      const name = atomOf(object.arguments[0]);
      if (!/^(object|node)$/.test(object.function) || name === null || !listed.has(name)) return [];
      return fieldsOf(object).map(({ field, resolver }) => {
        const note = `resolves field :${field} of every :${name}, which is given back in lists`;
        const clue: Clue = { at: { path: module.path, span: resolver.span }, note };
        return { module: module.name, path: module.path, name: field, object: `:${name}`, clue, resolver };
      });
    }),
  );
});

function listedTypes(call: Call): string[] {
  return collect(call, "call")
    .flatMap((inner) => {
      if (inner.function === "list_of") return [atomOf(inner.arguments[0]) ?? innerType(inner.arguments[0])];
      return inner.function === "connection" ? [atomOf(optionOf(inner, "node_type"))] : [];
    })
    .filter((name) => name !== null);
}

/** `list_of(non_null(:post))`. */
function innerType(expression: Expression | undefined): string | null {
  return expression?.kind === "call" && expression.function === "non_null" ? atomOf(expression.arguments[0]) : null;
}

function fieldsOf(object: Call): { field: string; resolver: Capture | Lambda }[] {
  return statementsOf(bodyOf(object)).flatMap((field) => {
    const name = field.kind === "call" && field.function === "field" ? atomOf(field.arguments[0]) : null;
    if (name === null || field.kind !== "call") return [];
    const given = [
      optionOf(field, "resolve"),
      ...statementsOf(bodyOf(field)).map((part) => (part.kind === "call" && part.function === "resolve" ? part.arguments[0] : null)),
    ];
    return given.flatMap((resolver) => (resolver?.kind === "capture" || resolver?.kind === "lambda" ? [{ field: name, resolver }] : []));
  });
}
