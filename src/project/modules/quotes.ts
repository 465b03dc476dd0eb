import type { Call, Expression } from "../../model/expression.js";
import type { FunctionFacts, ModuleFacts } from "../../model/facts.js";
import { walk } from "../../model/walk.js";
import { atomOf, bodyOf, statementsOf } from "../values.js";

/** Statements that `use Module, options` puts into the caller: those of the quotes its `__using__` (or ExUnit's `using`) returns, helpers followed. */
export function quotedBy(module: ModuleFacts, options: Expression | null): Expression[] {
  const seen = new Set<FunctionFacts>();
  const templates = module.body.filter((call) => call.function === "using").flatMap((call) => bodyOf(call) ?? []);
  const macros = module.functions.filter((candidate) => candidate.name === "__using__");
  return [
    ...templates.flatMap((body) => quotesIn(module, body, options, seen)),
    ...macros.flatMap((macro) => statementsOfMacro(module, macro, options, seen)),
  ];
}

function statementsOfMacro(module: ModuleFacts, macro: FunctionFacts, options: Expression | null, seen: Set<FunctionFacts>): Expression[] {
  if (seen.has(macro)) return [];
  seen.add(macro);
  return macro.clauses.flatMap((clause) => (clause.body === null ? [] : quotesIn(module, clause.body, options, seen)));
}

function quotesIn(module: ModuleFacts, body: Expression, options: Expression | null, seen: Set<FunctionFacts>): Expression[] {
  const statements: Expression[] = [];
  walk(body, (expression) => {
    if (expression.kind !== "call" || expression.module !== null) return;
    if (expression.function === "quote") {
      statements.push(...statementsOf(bodyOf(expression)).flatMap((statement) => spliced(module, statement, options, seen)));
      return false;
    }
    statements.push(...followed(module, expression, options, seen));
    return;
  });
  return statements;
}

/** `apply(__MODULE__, which, [])` goes on with the function named in the options; a local helper with its own quotes. */
function followed(module: ModuleFacts, call: Call, options: Expression | null, seen: Set<FunctionFacts>): Expression[] {
  const names = call.function === "apply" ? atomsIn(options) : [call.function];
  return module.functions
    .filter((candidate) => names.includes(candidate.name))
    .flatMap((candidate) => statementsOfMacro(module, candidate, options, seen));
}

/** `unquote(helpers())` inside a quote stands for that helper's quotes. */
function spliced(module: ModuleFacts, statement: Expression, options: Expression | null, seen: Set<FunctionFacts>): Expression[] {
  if (statement.kind !== "call" || statement.function !== "unquote") return [statement];
  const [inner] = statement.arguments;
  if (inner?.kind === "call" && inner.module === null) return followed(module, inner, options, seen);
  return [statement];
}

function atomsIn(options: Expression | null): string[] {
  const atoms: string[] = [];
  if (options !== null) walk(options, (expression) => void atoms.push(...[atomOf(expression)].filter((atom) => atom !== null)));
  return atoms;
}
