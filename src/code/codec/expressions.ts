import type { Call, Clause, Expression, Keyword, Literal } from "../../model/expression.js";
import { readNumber, readText } from "./bytes.js";
import type { Shape } from "./shapes.js";
import { always, count, flag, list, nullable, oneOf, readSpanLike, record, span, text, unreadable } from "./shapes.js";

/** Any expression: the number of its kind, then what that kind has. */
export const expression: Shape<Expression> = {
  write: (value, writer) => {
    const { number, shape } = numbered.get(value.kind) ?? unreadable();
    writer.number(number);
    shape.write(value, writer);
  },
  read: (reader) => (shapes[readNumber(reader)] ?? unreadable()).read(reader),
};

const expressions = list(expression);
const optional = nullable(expression);
const optionalText = nullable(text);

const clauses = list(
  record<Clause>({
    role: oneOf(["clause", "do", "else", "rescue", "catch", "after"]),
    patterns: expressions,
    guard: optional,
    body: expression,
    span,
  }),
);

export const literal: Shape<Literal> = record<Literal>({
  kind: always("literal"),
  type: oneOf(["string", "atom", "integer", "boolean", "nil", "float", "charlist", "sigil", "character"]),
  value: text,
  span,
});

const keyword: Shape<Keyword> = record<Keyword>({
  kind: always("keyword"),
  entries: list(record({ key: text, keySpan: span, value: expression })),
  span,
});

const spoken = record<Pick<Call, "module" | "subject" | "function" | "arguments" | "piped" | "block" | "clauses">>({
  module: optionalText,
  subject: optional,
  function: text,
  arguments: expressions,
  piped: flag,
  block: optional,
  clauses,
});

/** Read field by field, because half of all code is calls: a literal has room for its fields, and a span that comes twice is kept once. */
const call: Shape<Call> = {
  write: (value, writer) => {
    spoken.write(value, writer);
    span.write(value.span, writer);
    span.write(value.segment, writer);
    span.write(value.nameSpan, writer);
  },
  read: (reader) => {
    const module = optionalText.read(reader);
    const subject = optional.read(reader);
    const name = readText(reader);
    const given = expressions.read(reader);
    const piped = flag.read(reader);
    const block = optional.read(reader);
    const branches = clauses.read(reader);
    const whole = span.read(reader);
    const segment = readSpanLike(whole, reader);
    const nameSpan = readSpanLike(segment, reader);
    return {
      kind: "call",
      module,
      subject,
      function: name,
      arguments: given,
      piped,
      block,
      clauses: branches,
      span: whole,
      segment,
      nameSpan,
    };
  },
};

type Shapes = { readonly [Kind in Expression["kind"]]: Shape<Extract<Expression, { kind: Kind }>> };

const byKind: Shapes = {
  literal,
  interpolation: record({
    kind: always("interpolation"),
    type: oneOf(["string", "atom", "charlist", "sigil"]),
    parts: expressions,
    span,
  }),
  variable: record({ kind: always("variable"), name: text, pinned: flag, span }),
  module: record({ kind: always("module"), name: text, span }),
  attribute: record({ kind: always("attribute"), name: text, span }),
  access: record({ kind: always("access"), subject: expression, field: optionalText, key: optional, span }),
  call,
  apply: record({ kind: always("apply"), subject: expression, arguments: expressions, span }),
  lambda: record({ kind: always("lambda"), clauses, span }),
  capture: record({ kind: always("capture"), module: optionalText, function: text, arity: count, span }),
  list: record({ kind: always("list"), elements: expressions, tail: optional, span }),
  tuple: record({ kind: always("tuple"), elements: expressions, span }),
  map: record({
    kind: always("map"),
    struct: optionalText,
    base: optional,
    entries: list(record({ key: expression, value: expression })),
    span,
  }),
  keyword,
  binary: record({ kind: always("binary"), elements: expressions, span }),
  match: record({ kind: always("match"), pattern: expression, value: expression, span }),
  operator: record({ kind: always("operator"), operator: text, operands: expressions, span }),
  block: record({ kind: always("block"), expressions, span }),
  branch: record({
    kind: always("branch"),
    form: oneOf(["if", "unless", "case", "cond", "with", "receive", "try"]),
    subject: optional,
    steps: list(record({ pattern: optional, guard: optional, value: expression, binds: flag })),
    clauses,
    span,
    nameSpan: span,
  }),
  loop: record({
    kind: always("loop"),
    generators: list(record({ pattern: expression, source: expression })),
    filters: expressions,
    options: nullable(keyword),
    body: expression,
    span,
    nameSpan: span,
  }),
  markup: record({ kind: always("markup"), children: expressions, span }),
  unknown: record({ kind: always("unknown"), children: expressions, span }),
};

const shapes = Object.values(byKind) as readonly Shape<Expression>[];
const numbered = new Map(Object.keys(byKind).map((kind, number) => [kind, { number, shape: shapes[number] ?? unreadable() }]));
