import type { Expression } from "../expression.js";
import type { Facts, FunctionFacts } from "../facts.js";
import type { Span } from "../span.js";
import { walk } from "../walk.js";
import { canonicalOf, type Canonical } from "./canonical.js";
import { digestOf } from "./digest.js";
import { functionTokens } from "./function-tokens.js";

/** What of a function others may repeat. `module` and `function` are its places in the lists of the facts. */
export interface FunctionShape {
  readonly module: number;
  readonly function: number;
  /** Equal for functions that differ only in names of variables, texts, numbers and an order of clauses that says nothing. */
  readonly digest: number;
  /** How many expressions it is made of. */
  readonly size: number;
  readonly blocks: readonly BlockShape[];
}

/** Statements that follow each other: a function's body, or an arm within it. */
export interface BlockShape {
  readonly clause: number;
  /** Whether it is the whole body of the clause. */
  readonly body: boolean;
  readonly statements: readonly StatementShape[];
}

/** One statement by itself; of `name = value` the value. */
export interface StatementShape {
  readonly span: Span;
  readonly digest: number;
  readonly size: number;
}

/** Smaller code is repeated because there is no other way to say it. */
const smallest = 10;

/** What remembered facts give their shapes by, so that they are not read from the code itself. */
export const rememberedShapes: unique symbol = Symbol("shapes");

const known = new WeakMap<Facts, readonly FunctionShape[]>();

/** The shapes of the functions of an Elixir source file; none of tests, scripts and migrations, where repeating is no fault. */
export function shapesOf(facts: Facts & { readonly [rememberedShapes]?: () => readonly FunctionShape[] }): readonly FunctionShape[] {
  const earlier = facts[rememberedShapes]?.() ?? known.get(facts);
  if (earlier !== undefined) return earlier;
  const shapes = facts.language !== "elixir" || mayRepeat(facts.path) ? [] : read(facts);
  known.set(facts, shapes);
  return shapes;
}

function mayRepeat(path: string): boolean {
  return path.endsWith(".exs") || /(^|\/)(tests?|migrations|priv)\//.test(path);
}

function read(facts: Facts): FunctionShape[] {
  return facts.modules.flatMap(({ functions }, module) =>
    functions.flatMap((entry, position) => {
      const shape = entry.kind === "function" ? shapeOf(entry) : null;
      return shape === null ? [] : [{ module, function: position, ...shape }];
    }),
  );
}

function shapeOf(entry: FunctionFacts): Omit<FunctionShape, "module" | "function"> | null {
  const whole = functionTokens(entry);
  if (whole === null || whole.size < smallest) return null;
  const blocks = entry.clauses.flatMap(({ body }, clause) => (body === null ? [] : blocksOf(body, clause)));
  return { digest: digestOf(whole.tokens), size: whole.size, blocks };
}

function blocksOf(body: Expression, clause: number): BlockShape[] {
  return bodiesIn(body).flatMap((block) => {
    const statements = statementsOf(block).map(statementShape);
    const size = statements.reduce((sum, statement) => sum + statement.size, 0);
    return size < smallest ? [] : [{ clause, body: block === body, statements }];
  });
}

/** The body itself and every arm, lambda and `do` block within it. */
function bodiesIn(body: Expression): Expression[] {
  const bodies = [body];
  walk(body, (expression) => {
    if (expression.kind === "call" || expression.kind === "branch" || expression.kind === "lambda") {
      for (const clause of expression.clauses) bodies.push(clause.body);
    }
    if (expression.kind === "call" && expression.block !== null) bodies.push(expression.block);
    if (expression.kind === "loop") bodies.push(expression.body);
    return expression.kind !== "markup";
  });
  return bodies;
}

/** The expressions of a block, or the one expression that a body is. */
export function statementsOf(block: Expression): readonly Expression[] {
  return block.kind === "block" ? block.expressions : [block];
}

function statementShape(statement: Expression): StatementShape {
  const canonical = canonicalStatement(statement);
  return { span: statement.span, digest: canonical === null ? 0 : digestOf(canonical.tokens), size: canonical?.size ?? 0 };
}

function canonicalStatement(statement: Expression): Canonical | null {
  return canonicalOf([statement.kind === "match" && statement.pattern.kind === "variable" ? statement.value : statement]);
}
