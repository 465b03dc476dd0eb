import type { Call, Expression } from "../../model/expression.js";
import type { FunctionClause, FunctionFacts, ModuleAttribute, ModuleFacts } from "../../model/facts.js";
import type { Span } from "../../model/span.js";
import { outlineOfBody, outlineOfClause, rememberedOutline, type BodyOutline, type Outline } from "../../model/outline.js";
import { passSection, type Reader, type Writer } from "./bytes.js";
import { expression } from "./expressions.js";
import { bodyOutline, outline } from "./outlines.js";
import { count, flag, list, nullable, oneOf, readAt, readCodeAt, record, span, text, type Shape } from "./shapes.js";

const optional = nullable(expression);
const references = list(record({ module: text, options: optional, span }));

type ClauseCode = Pick<FunctionClause, "parameters" | "guard" | "body">;
const clauseCode = record<ClauseCode>({ parameters: list(expression), guard: optional, body: optional });

const clause: Shape<FunctionClause> = {
  write: (value, writer) => {
    span.write(value.span, writer);
    flag.write(value.body !== null, writer);
    writer.section(() => outline.write(outlineOfClause(value), writer));
    writer.codeSection(() => clauseCode.write(value, writer));
  },
  read: (reader) => new RememberedClause(reader),
};

/** These are classes because their getters are then shared: own ones would be made anew for each of thousands. */
class RememberedClause implements FunctionClause {
  readonly span: Span;
  readonly #reader: Reader;
  readonly #hasBody: boolean;
  readonly #outlineSection: number;
  #outline: Outline | null = null;
  readonly #section: number;
  #code: ClauseCode | null = null;

  constructor(reader: Reader) {
    this.span = span.read(reader);
    this.#reader = reader;
    this.#hasBody = flag.read(reader);
    this.#outlineSection = passSection(reader);
    this.#section = passSection(reader);
  }

  #read(): ClauseCode {
    return (this.#code ??= readCodeAt(this.#reader, this.#section, clauseCode));
  }

  get parameters(): ClauseCode["parameters"] {
    return this.#read().parameters;
  }

  get guard(): ClauseCode["guard"] {
    return this.#read().guard;
  }

  get body(): ClauseCode["body"] {
    return this.#hasBody ? this.#read().body : null;
  }

  [rememberedOutline](): Outline {
    return (this.#outline ??= readAt(this.#reader, this.#outlineSection, outline));
  }
}

const functions = list(
  record<FunctionFacts>({
    name: text,
    arity: count,
    defaults: count,
    kind: oneOf(["function", "macro"]),
    visibility: oneOf(["public", "private"]),
    documented: flag,
    implements: flag,
    delegatesTo: nullable(record({ module: text, function: text })),
    clauses: list(clause),
    span,
    nameSpan: span,
  }),
);

const attribute: Shape<ModuleAttribute> = {
  write: ({ name, value, span: at }, writer) => {
    text.write(name, writer);
    span.write(at, writer);
    writer.codeSection(() => optional.write(value, writer));
  },
  read: (reader) => new RememberedAttribute(reader),
};

class RememberedAttribute implements ModuleAttribute {
  readonly name: string;
  readonly span: Span;
  readonly #reader: Reader;
  readonly #section: number;
  #value: Expression | null | undefined;

  constructor(reader: Reader) {
    this.name = text.read(reader);
    this.span = span.read(reader);
    this.#reader = reader;
    this.#section = passSection(reader);
  }

  get value(): Expression | null {
    if (this.#value === undefined) this.#value = readCodeAt(this.#reader, this.#section, optional);
    return this.#value;
  }
}

type Head = Omit<ModuleFacts, "body" | "expressions" | "conditions">;

const head = record<Head>({
  name: text,
  kind: oneOf(["module", "protocol", "implementation"]),
  span,
  nameSpan: span,
  documented: flag,
  uses: references,
  imports: references,
  aliases: list(record({ short: text, name: text })),
  behaviours: list(text),
  attributes: list(attribute),
  functions,
});

interface BodyCode {
  readonly body: readonly Expression[];
  readonly expressions: readonly Expression[];
  readonly conditions: ModuleFacts["conditions"];
}

const bodyCode = record<BodyCode>({
  body: list(expression),
  expressions: list(expression),
  conditions: list(record({ condition: expression, span })),
});

/** Modules: names at once, the code of their bodies and functions when it is asked for. */
export const modules = list<ModuleFacts>({ write: writeModule, read: (reader) => new RememberedModule(reader) });

function writeModule(module: ModuleFacts, writer: Writer): void {
  head.write(module, writer);
  writer.section(() => bodyOutline.write(outlineOfBody(module), writer));
  writer.codeSection(() => bodyCode.write(module, writer));
}

class RememberedModule implements ModuleFacts {
  readonly name: string;
  readonly kind: ModuleFacts["kind"];
  readonly span: Span;
  readonly nameSpan: Span;
  readonly documented: boolean;
  readonly uses: ModuleFacts["uses"];
  readonly imports: ModuleFacts["imports"];
  readonly aliases: ModuleFacts["aliases"];
  readonly behaviours: readonly string[];
  readonly attributes: readonly ModuleAttribute[];
  readonly functions: readonly FunctionFacts[];
  readonly #reader: Reader;
  readonly #outlineSection: number;
  #outline: BodyOutline | null = null;
  readonly #section: number;
  #code: BodyCode | null = null;

  constructor(reader: Reader) {
    const heading = head.read(reader);
    this.name = heading.name;
    this.kind = heading.kind;
    this.span = heading.span;
    this.nameSpan = heading.nameSpan;
    this.documented = heading.documented;
    this.uses = heading.uses;
    this.imports = heading.imports;
    this.aliases = heading.aliases;
    this.behaviours = heading.behaviours;
    this.attributes = heading.attributes;
    this.functions = heading.functions;
    this.#reader = reader;
    this.#outlineSection = passSection(reader);
    this.#section = passSection(reader);
  }

  #read(): BodyCode {
    return (this.#code ??= readCodeAt(this.#reader, this.#section, bodyCode));
  }

  get body(): ModuleFacts["body"] {
    return this.#read().body as readonly Call[];
  }

  get expressions(): ModuleFacts["expressions"] {
    return this.#read().expressions;
  }

  get conditions(): ModuleFacts["conditions"] {
    return this.#read().conditions;
  }

  [rememberedOutline](): BodyOutline {
    return (this.#outline ??= readAt(this.#reader, this.#outlineSection, bodyOutline));
  }
}
