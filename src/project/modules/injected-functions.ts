import type { Call, Expression } from "../../model/expression.js";
import type { FunctionClause, FunctionFacts } from "../../model/facts.js";
import { bodyOf } from "../values.js";
import type { InjectedCall } from "./injections.js";

/** Functions that the quotes of a `use` define in a module, each with the file its macro is in. */
export function injectedFunctions(calls: readonly InjectedCall[]): { readonly path: string; readonly facts: FunctionFacts }[] {
  const found = new Map<string, { path: string; facts: FunctionFacts }>();
  for (const { call, path } of calls) {
    const facts = definedBy(call);
    if (facts === null) continue;
    const key = `${facts.name}/${String(facts.arity)}`;
    const earlier = found.get(key);
    const clauses = [...(earlier?.facts.clauses ?? []), ...facts.clauses];
    found.set(key, { path: earlier?.path ?? path, facts: { ...(earlier?.facts ?? facts), clauses } });
  }
  return [...found.values()];
}

const known = new WeakMap<Call, FunctionFacts | null>();

/** One quote is used by many modules: what it defines is read once. */
function definedBy(call: Call): FunctionFacts | null {
  const earlier = known.get(call);
  if (earlier !== undefined) return earlier;
  const facts = readDefinition(call);
  known.set(call, facts);
  return facts;
}

function readDefinition(call: Call): FunctionFacts | null {
  const body = bodyOf(call);
  if (!/^defp?$/.test(call.function) || body === null) return null;
  const { head, guard } = headOf(call.arguments[0]);
  if (head === null || head.name === "unquote") return null;
  const clause: FunctionClause = { parameters: head.parameters, guard, body, span: call.span };
  return {
    ...{ name: head.name, arity: head.parameters.length, defaults: head.parameters.filter(isDefaulted).length, kind: "function" },
    ...{ visibility: call.function === "def" ? "public" : "private", documented: false, implements: false, delegatesTo: null },
    ...{ clauses: [clause], span: call.span, nameSpan: head.span },
  };
}

interface Head {
  readonly name: string;
  readonly parameters: readonly Expression[];
  readonly span: Call["span"];
}

function headOf(written: Expression | undefined): { head: Head | null; guard: Expression | null } {
  if (written?.kind === "operator" && written.operator === "when") {
    return { head: headOf(written.operands[0]).head, guard: written.operands[1] ?? null };
  }
  if (written?.kind === "variable") return { head: { name: written.name, parameters: [], span: written.span }, guard: null };
  if (written?.kind !== "call" || written.module !== null || written.subject !== null) return { head: null, guard: null };
  return { head: { name: written.function, parameters: written.arguments, span: written.nameSpan }, guard: null };
}

function isDefaulted(parameter: Expression): boolean {
  return parameter.kind === "operator" && parameter.operator === "\\\\";
}
