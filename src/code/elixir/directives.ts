import type { Call, Expression } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import { spanOf } from "../nodes.js";
import { aliasesOf, bringIntoScope, givenTo, modulesNamed } from "./aliases.js";
import type { NamedForm } from "./forms.js";
import { readPairs } from "./collections.js";
import type { Reader } from "./reader.js";
import { hull } from "./reader.js";

/** `alias`, `require`, `import` or `use` among expressions: kept as a call with the modules it names, which aliases bring into scope. */
export function readDirective(reader: Reader, form: NamedForm): Call {
  const { positional, options } = form.parts;
  const [first] = positional;
  const modules: Expression[] =
    first === undefined ? [] : modulesNamed(reader, first).map(({ name, node }) => moduleAt(name, spanOf(node)));
  if (modules.length === 0 && first !== undefined) modules.push(reader.read(first));
  modules.push(...positional.slice(1).map(reader.read));
  const brings = form.name === "alias" || form.name === "require";
  const aliases = brings ? aliasesOf(reader, givenTo(form.node), form.name === "require") : [];
  if (options.length > 0) modules.push(readPairs(reader, options, hull(options, 0)));
  bringIntoScope(reader, aliases);
  return plainCall(form, modules);
}

/** A module defined among expressions (in a test, under `if Code.ensure_loaded?`): its facts stand beside the others, a call without block here. */
export function readNestedModule(reader: Reader, form: NamedForm): Call {
  const [name] = form.parts.positional;
  reader.readModule(form.node);
  return plainCall(form, name === undefined ? [] : modulesNamed(reader, name).map((named) => moduleAt(named.name, spanOf(named.node))));
}

/** A function defined inside a macro's block, or swallowed by a body that was never closed: it joins its module, a call without block stays here. */
export function readNestedDefinition(reader: Reader, form: NamedForm): Call | null {
  return reader.readDefinition(form) ? plainCall(form, []) : null;
}

function moduleAt(name: string, span: Span): Expression {
  return { kind: "module", name, span };
}

function plainCall(form: NamedForm, given: readonly Expression[]): Call {
  return {
    kind: "call",
    module: null,
    subject: null,
    function: form.name,
    arguments: given,
    piped: false,
    block: null,
    clauses: [],
    span: spanOf(form.node),
    segment: spanOf(form.node),
    nameSpan: form.nameSpan,
  };
}
