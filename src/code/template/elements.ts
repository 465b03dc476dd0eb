import type { Call, Expression, Keyword, Literal, Loop, Markup } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import { resolveModule } from "../elixir/aliases.js";
import { readQualifier } from "../elixir/comprehensions.js";
import type { Reader } from "../elixir/reader.js";
import { append } from "../nodes.js";
import { unknown } from "../elixir/reader.js";
import { parseFragment, readFragment } from "./fragments.js";
import type { ElementNode, TemplateNode } from "./tree.js";
import type { TemplateAttribute } from "./tokens.js";

type ReadNode = (reader: Reader, node: TemplateNode, into: Expression[]) => void;

/** Adds what a tag says: `:for` and `:if` as loop and branch around it, a component as a call, a plain tag's expressions as they come. */
export function readElement(reader: Reader, element: ElementNode, into: Expression[], readNode: ReadNode): void {
  const loop = attributeNamed(element, ":for");
  const condition = attributeNamed(element, ":if");
  const wrapped = loop !== null || condition !== null;
  const opened = loop === null ? null : openLoop(reader, loop);
  const test = condition === null ? null : codeOf(reader, condition);
  const body = readInner(reader, element, readNode);
  if (wrapped) into.push(wrap(element, opened, condition, test, body));
  else if (body.kind === "markup") append(into, body.children);
  else into.push(body);
}

type OpenedLoop = Pick<Loop, "generators" | "filters" | "nameSpan">;

function openLoop(reader: Reader, attribute: TemplateAttribute): OpenedLoop {
  const generators: Loop["generators"][number][] = [];
  const filters: Expression[] = [];
  if (attribute.value?.kind === "code") {
    const { statements, damage } = parseFragment(reader, attribute.value.code);
    append(reader.unread, damage);
    for (const statement of statements) readQualifier(reader, statement, generators, filters);
  }
  return { generators, filters, nameSpan: attribute.nameSpan };
}

function wrap(
  element: ElementNode,
  loop: OpenedLoop | null,
  condition: TemplateAttribute | null,
  test: Expression | null,
  body: Expression,
): Expression {
  const { span } = element;
  if (loop !== null)
    return { kind: "loop", ...loop, filters: test === null ? loop.filters : [...loop.filters, test], options: null, body, span };
  const nameSpan = condition?.nameSpan ?? span;
  const clause = { role: "do", patterns: [], guard: null, body, span: body.span } as const;
  return { kind: "branch", form: "if", subject: test, steps: [], clauses: [clause], span, nameSpan };
}

function readInner(reader: Reader, element: ElementNode, readNode: ReadNode): Call | Markup {
  const callee = calleeOf(reader, element);
  if (callee !== null) return readComponent(reader, element, callee, readNode);
  const children: Expression[] = [];
  for (const attribute of element.open.attributes) {
    if (!isDirective(attribute)) append(children, plainValue(reader, attribute));
  }
  for (const child of element.children) readNode(reader, child, children);
  return { kind: "markup", children, span: element.span };
}

interface Callee {
  readonly module: string | null;
  readonly name: string;
  readonly nameSpan: Span;
}

// `<.table>` is local, `<:col>` a slot (kept with its colon), `<Layouts.app>` remote; anything else is a plain tag.
function calleeOf(reader: Reader, element: ElementNode): Callee | null {
  const { name, nameSpan } = element.open;
  if (name.startsWith(".")) return { module: null, name: name.slice(1), nameSpan: { start: nameSpan.start + 1, end: nameSpan.end } };
  if (name.startsWith(":")) return { module: null, name, nameSpan };
  const dot = name.lastIndexOf(".");
  if (dot === -1 || !/^[A-Z]/.test(name) || !/^[a-z_]/.test(name.slice(dot + 1))) return null;
  return { module: resolveModule(reader, name.slice(0, dot)), name: name.slice(dot + 1), nameSpan };
}

function readComponent(reader: Reader, element: ElementNode, callee: Callee, readNode: ReadNode): Call {
  const attributes = readAttributes(reader, element);
  const children: Expression[] = [];
  for (const child of element.children) readNode(reader, child, children);
  return {
    kind: "call",
    module: callee.module,
    subject: null,
    function: callee.name,
    arguments: [attributes],
    piped: false,
    block: element.inside === null ? null : { kind: "markup", children, span: element.inside },
    clauses: [],
    span: element.span,
    segment: element.span,
    nameSpan: callee.nameSpan,
  };
}

function readAttributes(reader: Reader, element: ElementNode): Keyword {
  const written = element.open.attributes.filter((attribute) => !isDirective(attribute));
  const after = element.open.nameSpan.end;
  const span = { start: written[0]?.span.start ?? after, end: written.at(-1)?.span.end ?? after };
  const entries = written.map((attribute) => ({ key: attribute.name, keySpan: attribute.nameSpan, value: valueOf(reader, attribute) }));
  return { kind: "keyword", entries, span };
}

/** An attribute of a component as the value it passes. */
function valueOf(reader: Reader, attribute: TemplateAttribute): Expression {
  const { value } = attribute;
  if (value === null) return { kind: "literal", type: "boolean", value: "true", span: attribute.nameSpan };
  if (value.kind === "code") return codeOf(reader, attribute) ?? unknown(value.span);
  if (value.embedded.length === 0) return textLiteral(reader, value.span);
  return { kind: "interpolation", type: "string", parts: plainValue(reader, attribute), span: value.span };
}

function codeOf(reader: Reader, attribute: TemplateAttribute): Expression | null {
  if (attribute.value?.kind !== "code") return null;
  const statements = readFragment(reader, attribute.value.code);
  const [only] = statements;
  if (statements.length === 1 && only !== undefined) return only;
  return { kind: "block", expressions: statements, span: attribute.value.code };
}

function plainValue(reader: Reader, attribute: TemplateAttribute): Expression[] {
  const { value } = attribute;
  if (value === null) return [];
  if (value.kind === "code") return readFragment(reader, value.code);
  return value.embedded.flatMap((code) => readFragment(reader, code.code));
}

function textLiteral(reader: Reader, span: Span): Literal {
  const quoted = reader.text[span.start] === '"' || reader.text[span.start] === "'";
  const value = quoted ? reader.text.slice(span.start + 1, span.end - 1) : reader.text.slice(span.start, span.end);
  return { kind: "literal", type: "string", value, span };
}

function attributeNamed(element: ElementNode, name: string): TemplateAttribute | null {
  return element.open.attributes.find((attribute) => attribute.name === name) ?? null;
}

// `:let` stays with the attributes: it names what the component hands back.
function isDirective(attribute: TemplateAttribute): boolean {
  return attribute.name === ":for" || attribute.name === ":if";
}
