import type { Access, Call, Expression } from "../../model/expression.js";
import type { Project, ProjectFunction } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { callersOf } from "../../project/callers-of.js";
import { contains } from "../../model/span.js";
import { findFunction } from "../../project/find-function.js";
import { atomOf, optionOf } from "../../project/values.js";
import type { Definition } from "./definitions.js";
import { boundBefore, parameterOf } from "./value-sources.js";

/** `owner.field` as code names it: `request.pitch` for `@request.pitch`. */
export interface PrintedField {
  readonly owner: string;
  readonly field: string;
}

/** What the parameters of a function entered by a call stand for. */
type Given = ReadonlyMap<string, Expression>;

interface Search {
  readonly definition: Definition;
  readonly given: Given;
  /** Where the arguments of `given` stand; null at the outermost function. */
  readonly outer: Search | null;
  readonly project: Project;
  readonly depth: number;
}

const deepest = 6;

/** The fields of records that text is made of and that nothing escapes or sanitizes on the way. */
export function printedFields(text: Expression, definition: Definition, project: Project): PrintedField[] {
  return fieldsIn(text, { definition, given: new Map(), outer: null, project, depth: 0 });
}

function fieldsIn(expression: Expression, search: Search): PrintedField[] {
  if (search.depth > deepest) return [];
  const inner = { ...search, depth: search.depth + 1 };
  const all = (parts: readonly Expression[]): PrintedField[] => parts.flatMap((part) => fieldsIn(part, inner));
  switch (expression.kind) {
    case "access":
      return ofAccess(expression, inner);
    case "variable":
      return ofVariable(expression.name, expression.span.start, inner);
    case "interpolation":
      return all(expression.parts);
    case "operator":
      return /^(<>|\|\||&&|\+\+)$/.test(expression.operator) ? all(expression.operands) : [];
    case "block":
      return all(expression.expressions.slice(-1));
    case "branch":
      return all(expression.clauses.map(({ body }) => body));
    case "lambda":
      return all(expression.clauses.map(({ body }) => body));
    case "list":
      return all(expression.elements);
    case "call":
      return ofCall(expression, inner);
    default:
      return [];
  }
}

function ofAccess({ subject, field }: Access, search: Search): PrintedField[] {
  if (field === null) return [];
  const isAssigns = subject.kind === "variable" && subject.name === "assigns";
  if (isAssigns) return assignedTo(field, search);
  if (subject.kind === "access" && subject.field !== null) return [{ owner: subject.field, field }];
  if (subject.kind !== "variable") return [];
  const { given, outer } = search;
  const argument = given.get(subject.name);
  if (argument !== undefined && outer !== null) return ofAccess({ ...argumentAccess(argument, field) }, outer);
  const built = elementsBehind(subject.name, search.definition.body).flatMap((map) => entryOf(map, field));
  return built.length > 0 ? built.flatMap((value) => fieldsIn(value, search)) : [{ owner: subject.name, field }];
}

function argumentAccess(subject: Expression, field: string): Access {
  return { kind: "access", subject, field, key: null, span: subject.span };
}

/** `[%{url: a}, %{url: b}] |> Enum.map(fn x -> x.url end)`: the maps that `x` stands for. */
function elementsBehind(name: string, body: Expression): Expression[] {
  return collect(body, "call").flatMap((call) => {
    const [source, ...others] = call.arguments;
    const takes = others.some(
      (argument) =>
        argument.kind === "lambda" &&
        argument.clauses.some(({ patterns }) => patterns.some((pattern) => pattern.kind === "variable" && pattern.name === name)),
    );
    return takes && call.module === "Enum" && source !== undefined ? collect(source, "map") : [];
  });
}

function entryOf(map: Expression, field: string): Expression[] {
  return map.kind === "map" ? map.entries.flatMap(({ key, value }) => (atomOf(key) === field ? [value] : [])) : [];
}

function ofVariable(name: string, before: number, search: Search): PrintedField[] {
  const bound = boundBefore(name, before, search.definition.body);
  if (bound !== null) return fieldsIn(bound, search);
  const argument = search.given.get(name);
  if (argument !== undefined && search.outer !== null) return fieldsIn(argument, { ...search.outer, depth: search.depth });
  return takenApart(name, search);
}

/** `def show_url(%{url: url})`: the field of what is given there. */
function takenApart(name: string, { definition, given, outer }: Search): PrintedField[] {
  const pattern = definition.clause.parameters[parameterOf(name, definition)];
  if (pattern === undefined || outer === null) return [];
  const map = collect(pattern, "map")[0];
  const entry = map?.entries.find(({ value }) => value.kind === "variable" && value.name === name);
  const field = entry === undefined ? null : atomOf(entry.key);
  const argument = given.get(wholeOf(parameterOf(name, definition)));
  return field === null || argument === undefined ? [] : ofAccess(argumentAccess(argument, field), outer);
}

/** A name no variable has, for a parameter as a whole. */
function wholeOf(position: number): string {
  return `${position}:`;
}

const escapes =
  /escape|sanitiz|scrub|strip_tags|safe|encode|slug|gettext|basic_html|valid|allow|count|length|format_date|^(Integer|Float|Date|DateTime|Timex|Ecto\.UUID|Jason|Routes|Calendar)\./i;
const passing =
  /^(String\.\w+|Regex\.replace|Enum\.(join|map|map_join|reject|filter|concat|take|intersperse)|List\.\w+|to_string|raw|Phoenix\.HTML\.raw|then|IO\.iodata_to_binary)$/;

/** Markdown libraries that let HTML stand: Earmark as it is, the others when they are told to. */
function keepsHtml({ module, function: name, arguments: given }: Call): boolean {
  if (module === "Earmark") return /^(as_html|to_html)/.test(name);
  if (!/^(Cmark|MDEx)$/.test(module ?? "") || !name.startsWith("to_html")) return false;
  return given
    .slice(1)
    .some(
      (options) =>
        collect(options, "literal").some(({ value }) => value === "unsafe") ||
        collect(options, "keyword").some(({ entries }) => entries.some(({ key }) => key.startsWith("unsafe"))),
    );
}

function ofCall(call: Call, search: Search): PrintedField[] {
  const name = call.module === null ? call.function : `${call.module}.${call.function}`;
  if (escapes.test(call.function) || escapes.test(name)) return [];
  if (keepsHtml(call)) return call.arguments.slice(0, 1).flatMap((argument) => fieldsIn(argument, search));
  if (passing.test(name)) return call.arguments.flatMap((argument) => (argument.kind === "literal" ? [] : fieldsIn(argument, search)));
  const target = targetOf(call, search);
  if (target === null || target.facts.clauses.length > 6) return [];
  return target.facts.clauses.flatMap((clause) => {
    if (clause.body === null) return [];
    const given = new Map<string, Expression>();
    for (const [position, parameter] of clause.parameters.entries()) {
      const argument = call.arguments[position];
      if (argument === undefined) continue;
      given.set(wholeOf(position), argument);
      if (parameter.kind === "variable") given.set(parameter.name, argument);
    }
    const definition: Definition = { id: target.id, function: target, clause, body: clause.body };
    return fieldsIn(clause.body, { ...search, definition, given, outer: search });
  });
}

/** By the call graph first, which knows the aliases that a `use` brings. */
function targetOf({ module, function: name, arguments: given, segment }: Call, { definition, project }: Search): ProjectFunction | null {
  const site = project.calls.get(definition.id)?.find(({ span, callee }) => span.start === segment.start && callee.includes(`.${name}/`));
  const known = site === undefined ? undefined : project.functions.get(site.callee);
  return known ?? findFunction(project, module ?? definition.function.module, name, given.length);
}

/** What the actions that render a template assign under a name. */
function assignedTo(name: string, search: Search): PrintedField[] {
  const { definition, project } = search;
  return callersOf(project, definition.id).flatMap(({ caller, span }) => {
    const entry = project.functions.get(caller);
    const clause = entry?.facts.clauses.find((candidate) => contains(candidate.span, span));
    if (entry === undefined || clause?.body === undefined || clause.body === null) return [];
    const value = assignIn(clause.body, span.start, name);
    if (value === null) return [];
    return fieldsIn(value, {
      ...search,
      definition: { id: caller, function: entry, clause, body: clause.body },
      given: new Map(),
      outer: null,
    });
  });
}

function assignIn(body: Expression, at: number, name: string): Expression | null {
  const render = collect(body, "call").find(({ segment, function: called }) => segment.start === at && called.startsWith("render"));
  const inRender = render?.arguments.map((argument) => optionOf(argument, name)).find((value) => value !== null) ?? null;
  const assign = collect(body, "call").find(
    ({ function: called, arguments: given }) => called === "assign" && given.some((argument) => atomOf(argument) === name),
  );
  return inRender ?? assign?.arguments.at(-1) ?? null;
}
