import type { Expression } from "../../model/expression.js";
import type { FunctionClause, FunctionFacts } from "../../model/facts.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, namedChildren, operatorOf, spanOf } from "../nodes.js";
import { moduleNamed, givenTo } from "./aliases.js";
import type { CallParts } from "./forms.js";
import { readTryBody } from "./control-flow.js";
import type { FunctionDraft, ModuleScope } from "./module-draft.js";
import type { Reader } from "./reader.js";
import { readStatements, textOf } from "./reader.js";

const definers: ReadonlyMap<string, Pick<FunctionFacts, "kind" | "visibility">> = new Map([
  ["def", { kind: "function", visibility: "public" }],
  ["defp", { kind: "function", visibility: "private" }],
  ["defmacro", { kind: "macro", visibility: "public" }],
  ["defmacrop", { kind: "macro", visibility: "private" }],
  ["defguard", { kind: "macro", visibility: "public" }],
  ["defguardp", { kind: "macro", visibility: "private" }],
  ["defdelegate", { kind: "function", visibility: "public" }],
  ["defn", { kind: "function", visibility: "public" }],
  ["defnp", { kind: "function", visibility: "private" }],
]);

export function definesFunction(name: string): boolean {
  return definers.has(name);
}

/** Adds one `def…` to the module; false when its name is computed (`def unquote(name)()`), so that it has none to be found by. */
export function readDefinition(reader: Reader, scope: ModuleScope, node: SyntaxNode, definer: string, parts: CallParts): boolean {
  const head = headOf(reader, parts.positional[0]);
  const traits = definers.get(definer);
  if (head === null || traits === undefined) return false;
  const { aliases } = reader;
  const parameters = head.parameters.map(reader.read);
  const guard = head.guard === null || definer.startsWith("defguard") ? null : reader.read(head.guard);
  const clause: FunctionClause = { parameters, guard, body: bodyOf(reader, definer, head, parts), span: spanOf(node) };
  reader.aliases = aliases;
  const draft = draftFor(scope, head, traits, clause);
  if (definer === "defdelegate") draft.delegatesTo = delegateOf(reader, head.name, parts);
  draft.defaults = Math.max(draft.defaults, parameters.filter(isOptional).length);
  draft.documented ||= scope.pending.documented;
  draft.implements ||= scope.pending.implements;
  scope.pending.documented = false;
  scope.pending.implements = false;
  return true;
}

interface Head {
  readonly name: string;
  readonly nameSpan: Span;
  readonly parameters: readonly SyntaxNode[];
  readonly guard: SyntaxNode | null;
}

function headOf(reader: Reader, node: SyntaxNode | undefined): Head | null {
  if (node === undefined) return null;
  const guarded = node.type === "binary_operator" && operatorOf(node) === "when";
  const head = guarded ? childIn(node, "left") : node;
  const guard = guarded ? childIn(node, "right") : null;
  if (head === null) return null;
  const named = nameOf(reader, head);
  return named === null ? null : { ...named, guard };
}

function nameOf(reader: Reader, head: SyntaxNode): Omit<Head, "guard"> | null {
  if (head.type === "identifier") return { name: textOf(reader, head), nameSpan: spanOf(head), parameters: [] };
  if (head.type === "binary_operator" || head.type === "unary_operator") {
    const sign = head.children.find((child) => child.field === "operator");
    return sign === undefined ? null : { name: operatorOf(head), nameSpan: spanOf(sign), parameters: namedChildren(head) };
  }
  const target = head.type === "call" ? childIn(head, "target") : null;
  if (target?.type !== "identifier" && target?.type !== "operator_identifier") return null;
  const name = textOf(reader, target);
  return name === "unquote" ? null : { name, nameSpan: spanOf(target), parameters: givenTo(head) };
}

function bodyOf(reader: Reader, definer: string, head: Head, parts: CallParts): Expression | null {
  if (definer.startsWith("defguard")) return head.guard === null ? null : reader.read(head.guard);
  const [first] = parts.sections;
  if (first === undefined || definer === "defdelegate") return null;
  return parts.sections.length > 1 ? readTryBody(reader, parts.sections) : readStatements(reader, first.nodes, first.keyword.end);
}

function draftFor(
  scope: ModuleScope,
  head: Head,
  traits: Pick<FunctionFacts, "kind" | "visibility">,
  clause: FunctionClause,
): FunctionDraft {
  const arity = clause.parameters.length;
  const key = `${head.name}/${arity}`;
  const existing = scope.byName.get(key);
  if (existing !== undefined) {
    existing.clauses.push(clause);
    // Clauses torn apart by another definition would otherwise claim it.
    if (scope.last === existing) existing.span = { start: existing.span.start, end: clause.span.end };
    scope.last = existing;
    return existing;
  }
  const draft: FunctionDraft = {
    name: head.name,
    arity,
    defaults: 0,
    ...traits,
    documented: false,
    implements: false,
    delegatesTo: null,
    clauses: [clause],
    span: clause.span,
    nameSpan: head.nameSpan,
  };
  scope.byName.set(key, draft);
  scope.draft.functions.push(draft);
  scope.last = draft;
  return draft;
}

function delegateOf(reader: Reader, name: string, parts: CallParts): FunctionFacts["delegatesTo"] {
  let module: string | null = null;
  let target = name;
  for (const pair of parts.options) {
    const key = childIn(pair, "key");
    const value = childIn(pair, "value");
    if (key === null || value === null) continue;
    if (textOf(reader, key).startsWith("to:")) module = moduleNamed(reader, value);
    if (textOf(reader, key).startsWith("as:")) target = textOf(reader, value).replace(/^:/, "");
  }
  return module === null ? null : { module, function: target };
}

function isOptional(parameter: Expression): boolean {
  return parameter.kind === "operator" && parameter.operator === "\\\\";
}
