import type { Call, Expression } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import type { Receiver } from "../../model/outline.js";
import type { ConfigurationEntry, ProjectModule } from "../../model/project.js";
import type { Span } from "../../model/span.js";
import { walk } from "../../model/walk.js";
import { configuredValues } from "../configured-values.js";
import { repositoryHanded } from "../repositories.js";
import { atomOf, elementsOf, moduleNameOf, optionOf } from "../values.js";

/** Names the module that the receiver of a call holds (`@client.get(…)`, `client().get(…)`, `client.get(…)`), if only as a default or by configuration; null when that can't be told. */
export type HeldModule = (receiver: Receiver, at: Span, module: ProjectModule, clause: FunctionClause | null) => string | null;

/** Where a value is written. */
interface Place {
  readonly module: ProjectModule;
  readonly clause: FunctionClause | null;
  readonly depth: number;
}

const farthest = 6;
const noSpan: Span = { start: 0, end: 0 };
const reading = /^(get_env|compile_env!?|fetch_env!)$/;

export function createHeldModule(
  modules: ReadonlyMap<string, ProjectModule>,
  configuration: readonly ConfigurationEntry[],
  repositories: ReadonlySet<string>,
): HeldModule {
  const valueOf = (expression: Expression | null | undefined, place: Place): Expression | null => {
    if (expression === null || expression === undefined || place.depth > farthest) return null;
    const at = { ...place, depth: place.depth + 1 };
    switch (expression.kind) {
      case "module":
        return expression.name === "__MODULE__" ? { ...expression, name: place.module.name } : expression;
      case "attribute":
        return valueOf(place.module.facts.attributes.find(({ name }) => name === expression.name)?.value, at);
      case "variable":
        return expression.name === "__MODULE__"
          ? { kind: "module", name: place.module.name, span: expression.span }
          : valueOf(boundTo(expression.name, expression.span.start, place.clause), at);
      case "match":
        return valueOf(expression.value, at);
      case "block":
        return valueOf(expression.expressions.at(-1), at);
      case "operator":
        return expression.operator === "||" ? firstOf(expression.operands, at) : null;
      case "access":
        return entryOf(valueOf(expression.subject, at), valueOf(expression.key, at));
      case "call":
        return valueOfCall(expression, at);
      default:
        return expression;
    }
  };

  const firstOf = (candidates: readonly (Expression | undefined)[], place: Place): Expression | null => {
    for (const candidate of candidates) {
      const value = valueOf(candidate, place);
      if (value !== null && !(value.kind === "literal" && value.type === "nil")) return value;
    }
    return null;
  };

  const valueOfCall = (call: Call, place: Place): Expression | null => {
    const [first, second, third] = call.arguments;
    if (call.module === "Application" && reading.test(call.function)) return configured(valueOf(first, place), second, third, place);
    if (/^(Keyword|Map|Access)$/.test(call.module ?? "") && /^(get|fetch!)$/.test(call.function))
      return entryOf(valueOf(first, place), valueOf(second, place)) ?? valueOf(third, place);
    if (call.arguments.length > 0 || call.subject !== null) return null;
    const module = call.module === null ? place.module : modules.get(call.module);
    const holder = module?.facts.functions.find(({ name, arity }) => name === call.function && arity === 0);
    const clause = holder?.clauses[0] ?? null;
    return module === undefined || clause === null ? null : valueOf(clause.body, { ...place, module, clause });
  };

  const configured = (
    application: Expression | null,
    key: Expression | undefined,
    otherwise: Expression | undefined,
    place: Place,
  ): Expression | null => {
    const name = atomOf(application);
    const [first, ...rest] = key?.kind === "list" ? key.elements : [key];
    const path = rest.map((part) => valueOf(part, place));
    const written = name === null ? [] : configuredValues(configuration, name, keyOf(valueOf(first, place)));
    const reached = written.map((value) => path.reduce<Expression | null>(entryOf, value));
    return reached.find((value) => value !== null) ?? valueOf(otherwise, place);
  };

  const soleImplementation = (behaviour: string): string | null => {
    const declares = modules.get(behaviour)?.facts.attributes.some(({ name }) => name === "callback") === true;
    if (!declares) return null;
    const found = [...modules.values()].filter(({ facts, role }) => facts.behaviours.includes(behaviour) && !/^test/.test(role));
    return found.length === 1 ? (found[0]?.name ?? null) : null;
  };

  return (receiver, at, module, clause) => {
    const expression = receiverExpression(receiver, at, clause);
    if (expression === null) return null;
    const named = moduleNameOf(valueOf(expression, { module, clause, depth: 0 }));
    if (named !== null) return named;
    const implementation = receiver.kind === "variable" ? null : soleImplementation(module.name);
    return implementation ?? (receiver.kind === "other" ? null : repositoryHanded(repositories, receiver.name));
  };
}

function keyOf(value: Expression | null): string | null {
  return atomOf(value) ?? moduleNameOf(value);
}

function entryOf(container: Expression | null, key: Expression | null): Expression | null {
  const name = keyOf(key);
  if (container === null || name === null) return null;
  if (container.kind === "keyword") return optionOf(container, name);
  if (container.kind === "map") return container.entries.find((entry) => keyOf(entry.key) === name)?.value ?? null;
  const pairs = container.kind === "list" ? elementsOf(container) : [];
  const pair = pairs.find((element) => element.kind === "tuple" && keyOf(element.elements[0] ?? null) === name);
  return pair?.kind === "tuple" ? (pair.elements[1] ?? null) : null;
}

/** What a name was given last before an offset, or the default of the parameter it is. */
function boundTo(name: string, before: number, clause: FunctionClause | null): Expression | null {
  let bound: Expression | null = null;
  for (const parameter of clause?.parameters ?? []) {
    const [variable, otherwise] = parameter.kind === "operator" && parameter.operator === "\\\\" ? parameter.operands : [];
    if (variable?.kind === "variable" && variable.name === name) bound = otherwise ?? null;
  }
  if (clause?.body !== null && clause?.body !== undefined) {
    walk(clause.body, (expression) => {
      if (expression.kind !== "match" || expression.span.end > before) return;
      if (expression.pattern.kind === "variable" && expression.pattern.name === name) bound = expression.value;
    });
  }
  return bound;
}

/** The receiver as written; one that is neither attribute nor a plain call is looked up in the clause. */
function receiverExpression({ kind, name }: Receiver, at: Span, clause: FunctionClause | null): Expression | null {
  if (kind === "attribute") return { kind, name, span: noSpan };
  if (kind === "variable") return { kind, name, pinned: false, span: at };
  if (kind === "call") return { ...emptyCall, function: name };
  let subject: Expression | null = null;
  if (clause?.body !== null && clause?.body !== undefined) {
    walk(clause.body, (expression) => {
      if (expression.kind === "call" && expression.segment.start === at.start && expression.segment.end === at.end)
        subject = expression.subject;
    });
  }
  return subject;
}

const emptyCall: Call = {
  ...{ kind: "call", module: null, subject: null, function: "", arguments: [], piped: false, block: null, clauses: [] },
  ...{ span: noSpan, segment: noSpan, nameSpan: noSpan },
};
