import type { Access, Call, Expression } from "../../model/expression.js";
import type { Project } from "../../model/project.js";
import { contains, type Span } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import { findFunction } from "../../project/find-function.js";
import type { Clue } from "../define.js";
import type { Definition } from "./definitions.js";
import { clientInputOf, clientParts, isUploadPath } from "./client-input.js";
import { boundBefore, givenByCallers, isCheckedAround, isGuarded, loopSource, parameterOf } from "./value-sources.js";
import { spoken, written } from "./written.js";

/** What is looked for: which functions make a value harmless for the purpose, and which part of a text decides. */
export interface Watch {
  /** Functions, as `Module.name` or `name`, whose result is harmless; names of checks that let a value pass. */
  readonly cleans: RegExp;
  /** The part of a text that has to be the client's: any; its beginning (the host of a URL); a whole step of a path; all of it. */
  readonly within: "text" | "start" | "segment" | "whole";
}

interface Search extends Watch {
  readonly project: Project;
  /** What the parameters of a function that was entered by a call stand for. */
  readonly given: ReadonlyMap<string, () => Clue[] | null>;
  readonly depth: number;
  /** Where the value is used, in the clause that is looked at. */
  readonly at: number;
  /** What was found for expressions that several callers lead to. */
  readonly traced: Map<Expression, Map<string, Clue[] | null>>;
}

const deepest = 7;

/** The steps by which what a client sent reaches an expression, where it enters first; null when it does not, or when something looks at it on the way. */
export function sentTo(expression: Expression, definition: Definition, project: Project, watch: Watch): Clue[] | null {
  return trace(expression, definition, { ...watch, project, given: new Map(), depth: 0, at: expression.span.start, traced: new Map() });
}

function trace(expression: Expression, definition: Definition, search: Search): Clue[] | null {
  if (search.depth > deepest) return null;
  if (search.given.size > 0) return follow(expression, definition, search);
  const known = search.traced.get(expression) ?? new Map<string, Clue[] | null>();
  const way = `${definition.id} ${String(search.depth)} ${String(search.at)}`;
  const earlier = known.get(way);
  if (earlier !== undefined) return earlier;
  const found = follow(expression, definition, search);
  search.traced.set(expression, known.set(way, found));
  return found;
}

function follow(expression: Expression, definition: Definition, search: Search): Clue[] | null {
  const inner = { ...search, depth: search.depth + 1 };
  const first = (parts: readonly Expression[]): Clue[] | null => firstOf(parts, (part) => trace(part, definition, inner));
  switch (expression.kind) {
    case "interpolation":
      return first(decidingParts(expression.parts, search.within));
    case "binary":
    case "list":
      return first(expression.elements);
    case "operator":
      if (expression.operator === "<>") return first(decidingParts(joinedParts(expression), search.within));
      return /^(\+\+|&&|\|\||or|and)$/.test(expression.operator) ? first(expression.operands) : null;
    case "block":
      return first(expression.expressions.slice(-1));
    case "branch":
      return first(expression.clauses.map(({ body }) => body));
    case "loop":
      return first([expression.body]);
    case "lambda":
      return first(expression.clauses.map(({ body }) => body));
    case "match":
      return first([expression.value]);
    case "access":
      return ofAccess(expression, definition, inner);
    case "variable":
      return ofVariable(expression.name, expression.span.start, definition, inner);
    case "call":
      return ofCall(expression, definition, inner);
    default:
      return null;
  }
}

function firstOf<Part>(parts: readonly Part[], ask: (part: Part) => Clue[] | null): Clue[] | null {
  for (const part of parts) {
    const found = ask(part);
    if (found !== null) return found;
  }
  return null;
}

/** The parts of a text that can decide about it: what stands before a host is written out, a whole step of a path, or all of it. */
function decidingParts(parts: readonly Expression[], within: Watch["within"]): readonly Expression[] {
  const textAt = (index: number): string | null => {
    const part = parts[index];
    return part?.kind === "literal" ? part.value : null;
  };
  const written = parts.some(({ kind }, index) => kind === "literal" && textAt(index) !== "");
  if (within === "text") return parts;
  if (within === "whole") return written ? [] : parts;
  if (within === "segment") return parts.filter((_part, index) => index === 0 || /^$|\/$/.test(textAt(index - 1) ?? ""));
  const first = parts.findIndex((part) => part.kind !== "literal" || !/^([a-z]+:)?(\/\/)?$/.test(part.value));
  return parts.slice(first, first === -1 ? 0 : first + 1);
}

function joinedParts(expression: Expression): Expression[] {
  return expression.kind === "operator" && expression.operator === "<>" ? expression.operands.flatMap(joinedParts) : [expression];
}

function ofAccess(expression: Access, definition: Definition, search: Search): Clue[] | null {
  const { field, subject } = expression;
  // The name an uploaded file has on the client's disk, as the browser says it.
  if (clientParts(expression) || field === "client_name") return [enters(expression, definition)];
  // The server chose where an upload is kept; identities were given out by the database.
  if (field !== null && /^(path|id|.*_id|assigns|private)$/.test(field)) return null;
  return trace(subject, definition, search);
}

/** What a variable was last bound to; a parameter is what was given for it. */
function ofVariable(name: string, before: number, definition: Definition, search: Search): Clue[] | null {
  const { project, given } = search;
  if (isGuarded(name, definition) || isCheckedAround(name, search.at, definition, project)) return null;
  if (isLookedAt(name, search.at, definition.body, search.cleans)) return null;
  const bound = armSource(name, before, definition.body) ?? boundBefore(name, before, definition.body) ?? loopSource(name, definition.body);
  if (bound !== null) return trace(bound, definition, search);
  const passed = given.get(name);
  if (passed !== undefined) return passed();
  const input = clientInputOf(name, definition, project);
  if (input !== null) return [{ at: { path: definition.function.path, span: input.span }, note: `\`${name}\` is what the client sent` }];
  const position = parameterOf(name, definition);
  const takesUpload = definition.function.facts.clauses.some(({ parameters }) => isUploadPath(parameters[position]));
  if (position === -1 || takesUpload) return null;
  return firstOf(givenByCallers(name, definition, project) ?? [], ({ expression, definition: caller }) => {
    const found = trace(expression, caller, { ...search, given: new Map(), at: expression.span.start });
    if (found === null) return null;
    return [...found, { at: { path: caller.function.path, span: expression.span }, note: `it is handed to ${spoken(definition.id)} here` }];
  });
}

/** What a clause of `case`, `with` or `receive` around a use takes a name out of. */
function armSource(name: string, at: number, body: Expression): Expression | null {
  let source: Expression | null = null;
  const binds = (pattern: Expression): boolean => collect(pattern, "variable").some((variable) => variable.name === name);
  walk(body, (expression) => {
    if (!contains(expression.span, { start: at, end: at })) return false;
    if (expression.kind !== "branch") return;
    for (const step of expression.steps) if (step.pattern !== null && step.value.span.end <= at && binds(step.pattern)) source = step.value;
    const arm = expression.clauses.find(({ span }) => contains(span, { start: at, end: at }));
    if (expression.form === "case" && arm?.guard === null && arm.patterns.some(binds)) source = expression.subject;
    return;
  });
  return source;
}

/** Whether a condition, a look-up that raises, or a step that must have succeeded before has looked at the value. */
function isLookedAt(name: string, at: number, body: Expression, cleans: RegExp): boolean {
  const asks = (part: Expression | null, decides: boolean): boolean =>
    part !== null &&
    part.span.end <= at &&
    collect(part, "call").some(
      (call) => (decides ? !passing.test(nameOf(call)) : asking.test(call.function) || cleans.test(nameOf(call))) && mentions(call, name),
    );
  if (collect(body, "call").some((call) => call.span.end <= at && finding.test(call.function) && mentions(call, name))) return true;
  return collect(body, "branch").some(
    (branch) =>
      branch.clauses.some(({ patterns, span }) => holds(span, at) && patterns.some((pattern) => isPinned(pattern, name))) ||
      asks(branch.subject, branch.form === "case" && holds(branch.span, at)) ||
      branch.steps.some(({ value, pattern }) => asks(value, pattern !== null && pattern.kind !== "variable" && holds(branch.span, at))),
  );
}

const asking = /^(starts_with\?|contains\?|has_key\?|match\?|member\?)$/;
const finding = /^(get|fetch|find|load|lookup)_\w+!$/;

/** `{:ok, %{name: ^name}} ->`: what was signed or stored says the same. */
function isPinned(pattern: Expression, name: string): boolean {
  return collect(pattern, "variable").some((variable) => variable.pinned && variable.name === name);
}

function holds(span: Span, at: number): boolean {
  return contains(span, { start: at, end: at });
}

function mentions(part: Expression, name: string): boolean {
  return collect(part, "variable").some((variable) => variable.name === name);
}

function nameOf({ module, function: name }: Call): string {
  return module === null ? name : `${module}.${name}`;
}

/** Library functions whose result still holds what the first arguments held. */
const passing =
  /^(String\.(trim\w*|downcase|upcase|capitalize|replace\w*|slice|reverse|split|to_charlist|to_(existing_)?atom)|Path\.(join|expand|absname|rootname|relative_to|wildcard)|URI\.(decode\w*|parse|new!?|to_string|merge|encode)|Base\.\w*decode\w*!?|to_string|to_charlist|elem|hd|Enum\.(join|map|map_join|concat|at|reverse|filter|reject|to_list|uniq|sort)|List\.(first|last|to_string|to_charlist|wrap|flatten)|Map\.(get|fetch!?|take|pop|to_list|keys|values)|Keyword\.(get|fetch!?)|get_in|Jason\.decode!?|Poison\.decode!?|Application\.app_dir|IO\.iodata_to_binary|:erlang\.\w*to_(list|binary)|then|raw|HTML\.raw)$/;

const readers = /^(Plug\.Conn\.)?(get_req_header|read_body)$/;

function ofCall(call: Call, definition: Definition, search: Search): Clue[] | null {
  const name = nameOf(call);
  if (search.cleans.test(name) || keepsNamedCharacters(call)) return null;
  if (readers.test(name)) return [enters(call, definition)];
  if (call.module === "Map" && /^get|fetch/.test(call.function) && call.arguments[0]?.kind === "attribute") return null;
  if (passing.test(name))
    return firstOf(search.within === "start" && /^Path|join$/.test(name) ? call.arguments.slice(0, 1) : call.arguments, (part) =>
      trace(part, definition, search),
    );
  const target = findFunction(search.project, call.module ?? definition.function.module, call.function, call.arguments.length);
  if (target === null) return null;
  return firstOf(target.facts.clauses, (clause) => {
    if (clause.body === null) return null;
    const entered: Definition = { id: target.id, function: target, clause, body: clause.body };
    const given = new Map<string, () => Clue[] | null>();
    for (const [position, parameter] of clause.parameters.entries()) {
      const argument = call.arguments[position];
      for (const { name: bound } of collect(parameter, "variable"))
        given.set(bound, () => (argument === undefined ? null : trace(argument, definition, search)));
    }
    return trace(clause.body, entered, { ...search, given, at: clause.body.span.end });
  });
}

function enters(expression: Expression, definition: Definition): Clue {
  return { at: { path: definition.function.path, span: expression.span }, note: `\`${written(expression)}\` is what the client sent` };
}

/** `String.replace(name, ~r/[^a-z0-9-]/, "")`: nothing is left but what the expression names. */
function keepsNamedCharacters({ module, function: name, arguments: given }: Call): boolean {
  const pattern = given[1];
  return (
    /^(String|Regex)$/.test(module ?? "") &&
    /^replace/.test(name) &&
    pattern?.kind === "literal" &&
    /^~r.\[\^[^\]./]*\]\+?.\w*$/.test(pattern.value.replaceAll("\\", ""))
  );
}
