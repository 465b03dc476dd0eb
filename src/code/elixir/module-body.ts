import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, namedChildren, operatorOf, spanOf } from "../nodes.js";
import { aliasesOf, bringIntoScope, givenTo, modulesNamed } from "./aliases.js";
import { readAttribute } from "./attributes.js";
import { partsOf } from "./call-parts.js";
import type { CallParts } from "./forms.js";
import { readPairs } from "./collections.js";
import { definesFunction, readDefinition } from "./functions.js";
import type { ModuleDraft, ModuleScope } from "./module-draft.js";
import { keep } from "./module-draft.js";
import type { Reader } from "./reader.js";
import { hull, textOf } from "./reader.js";
import { regroup } from "./recover.js";

const conditionalForms: ReadonlySet<string> = new Set(["if", "unless", "for", "case", "cond", "try", "with"]);

/** Reads a module's statements in order into its draft. */
export function readModuleBody(reader: Reader, draft: ModuleDraft, statements: readonly SyntaxNode[]): void {
  const { scope: outer } = reader;
  const scope: ModuleScope = { draft, pending: { documented: false, implements: false }, byName: new Map(), last: null };
  reader.scope = scope;
  for (const statement of statements) readStatement(reader, scope, statement);
  reader.scope = outer;
  // A definition met inside another's body is finished first.
  draft.functions.sort((left, right) => left.span.start - right.span.start);
}

function readStatement(reader: Reader, scope: ModuleScope, node: SyntaxNode): void {
  if (!reader.enter(spanOf(node))) return;
  readStatementKind(reader, scope, node);
  reader.leave();
}

function readStatementKind(reader: Reader, scope: ModuleScope, node: SyntaxNode): void {
  // What the parser could not join is still a row of statements, some of them whole.
  if (node.type === "ERROR") {
    for (const child of regroup(namedChildren(node), reader.text)) readStatement(reader, scope, child);
  } else if (node.type === "block" || node.type === "body") {
    for (const child of namedChildren(node)) readStatement(reader, scope, child);
  } else if (node.type === "unary_operator" && operatorOf(node) === "@") {
    readAttribute(reader, scope, node);
  } else if (node.type === "call") {
    readCallStatement(reader, scope, node);
  } else {
    keep(scope.draft, reader.read(node));
  }
}

function readCallStatement(reader: Reader, scope: ModuleScope, node: SyntaxNode): void {
  const target = childIn(node, "target");
  const name = target?.type === "identifier" ? textOf(reader, target) : "";
  if (definesFunction(name)) {
    if (!readDefinition(reader, scope, node, name, partsOf(reader, node))) keep(scope.draft, reader.read(node));
  } else if (conditionalForms.has(name)) readConditional(reader, scope, spanOf(node), partsOf(reader, node));
  else if (!readDirective(reader, scope.draft, node, name)) keep(scope.draft, reader.read(node));
}

// Definitions under `if` or `for` belong to the module as much as those beside it.
function readConditional(reader: Reader, scope: ModuleScope, span: Span, parts: CallParts): void {
  for (const node of parts.positional) {
    const condition = reader.read(node);
    scope.draft.expressions.push(condition);
    scope.draft.conditions.push({ condition, span });
  }
  for (const section of parts.sections) {
    for (const node of section.nodes) {
      const body = node.type === "stab_clause" ? childIn(node, "right") : node;
      if (body !== null) readStatement(reader, scope, body);
    }
  }
}

function readDirective(reader: Reader, draft: ModuleDraft, node: SyntaxNode, name: string): boolean {
  switch (name) {
    case "defmodule":
    case "defprotocol":
    case "defimpl":
      reader.readModule(node);
      return true;
    case "alias":
    case "require": {
      const brought = aliasesOf(reader, givenTo(node), name === "require");
      bringIntoScope(reader, brought);
      draft.aliases.push(...brought);
      return true;
    }
    case "use":
    case "import":
      readReferences(reader, draft, node, name);
      return true;
    default:
      return false;
  }
}

function readReferences(reader: Reader, draft: ModuleDraft, node: SyntaxNode, name: "use" | "import"): void {
  const { positional, options } = partsOf(reader, node);
  const [first, second] = positional;
  const given = second === undefined ? null : reader.read(second);
  const read = given ?? (options.length === 0 ? null : readPairs(reader, options, hull(options, 0)));
  const references = first === undefined ? [] : modulesNamed(reader, first);
  for (const reference of references) {
    (name === "use" ? draft.uses : draft.imports).push({ module: reference.name, options: read, span: spanOf(node) });
  }
}
