import type { Call, Expression } from "../../model/expression.js";
import type { FunctionClause, FunctionFacts, ModuleAttribute, ModuleFacts } from "../../model/facts.js";
import { outlineOfBody, outlineOfClause, rememberOutline } from "../../model/outline.js";
import type { Reader, Writer } from "./bytes.js";
import { expression } from "./expressions.js";
import { lazily } from "./lazily.js";
import { outline } from "./outlines.js";
import { count, flag, list, nullable, oneOf, record, span, text, type Shape } from "./shapes.js";

const optional = nullable(expression);
const references = list(record({ module: text, options: optional, span }));

const clauseCode = record<Pick<FunctionClause, "parameters" | "guard" | "body">>({
  parameters: list(expression),
  guard: optional,
  body: optional,
});

const clause: Shape<FunctionClause> = {
  write: (value, writer) => {
    span.write(value.span, writer);
    flag.write(value.body !== null, writer);
    writer.section(() => outline.write(outlineOfClause(value), writer));
    writer.section(() => clauseCode.write(value, writer));
  },
  read: (reader) => {
    const at = span.read(reader);
    const hasBody = flag.read(reader);
    const outlined = reader.section();
    const section = reader.section();
    const code = lazily(() => clauseCode.read(section));
    const value: FunctionClause = {
      get parameters() {
        return code().parameters;
      },
      get guard() {
        return code().guard;
      },
      get body() {
        return hasBody ? code().body : null;
      },
      span: at,
    };
    rememberOutline(value, () => outline.read(outlined));
    return value;
  },
};

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
    writer.section(() => optional.write(value, writer));
  },
  read: (reader) => {
    const name = text.read(reader);
    const at = span.read(reader);
    const section = reader.section();
    const value = lazily(() => optional.read(section));
    return {
      name,
      get value() {
        return value();
      },
      span: at,
    };
  },
};

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

const bodyCode = record<{ body: readonly Expression[]; expressions: readonly Expression[]; conditions: ModuleFacts["conditions"] }>({
  body: list(expression),
  expressions: list(expression),
  conditions: list(record({ condition: expression, span })),
});

/** Modules: names at once, the code of their bodies and functions when it is asked for. */
export const modules: Shape<readonly ModuleFacts[]> = list({ write: writeModule, read: readModule });

function writeModule(module: ModuleFacts, writer: Writer): void {
  head.write(module, writer);
  writer.section(() => outline.write(outlineOfBody(module), writer));
  writer.section(() => bodyCode.write(module, writer));
}

function readModule(reader: Reader): ModuleFacts {
  const heading = head.read(reader);
  const outlined = reader.section();
  const section = reader.section();
  const code = lazily(() => bodyCode.read(section));
  const module: ModuleFacts = {
    ...heading,
    get body() {
      return code().body as readonly Call[];
    },
    get expressions() {
      return code().expressions;
    },
    get conditions() {
      return code().conditions;
    },
  };
  rememberOutline(module, () => outline.read(outlined));
  return module;
}
