import type { Branch, Call, Clause, Expression, Literal, Loop } from "../expression.js";

/** Code by its structure alone: equal `tokens` say the same thing with other names of variables and other texts and numbers. */
export interface Canonical {
  readonly tokens: readonly string[];
  /** The texts and numbers, in the order of the tokens that stand for them. */
  readonly literals: readonly Literal[];
  /** How many expressions it is made of. */
  readonly size: number;
}

/** Deeper code is not compared: nobody reads it, and reading it here would overflow the stack. */
const deepest = 120;
const abstracted: ReadonlySet<Literal["type"]> = new Set(["string", "integer", "float", "charlist", "sigil", "character"]);

interface State {
  readonly tokens: string[];
  readonly literals: Literal[];
  /** Variables in the order they were first named; an arm's own are forgotten after it. */
  readonly names: string[];
  size: number;
  depth: number;
}

/** The structure of some expressions that stand one after the other; null for templates and for code nested too deep. */
export function canonicalOf(parts: readonly (Expression | null)[]): Canonical | null {
  const state: State = { tokens: [], literals: [], names: [], size: 0, depth: 0 };
  for (const part of parts) if (!write(part, state)) return null;
  return { tokens: state.tokens, literals: state.literals, size: state.size };
}

function write(expression: Expression | null, state: State): boolean {
  if (expression === null) {
    state.tokens.push("-");
    return true;
  }
  if (state.depth >= deepest) return false;
  state.depth += 1;
  state.size += 1;
  const written = writeKind(expression, state);
  state.depth -= 1;
  return written;
}

function writeKind(expression: Expression, state: State): boolean {
  const { tokens } = state;
  switch (expression.kind) {
    case "literal":
      return writeLiteral(expression, state);
    case "variable":
      tokens.push(`${expression.pinned ? "^" : ""}${nameOf(expression.name, state)}`);
      return true;
    case "module":
      return token(`M ${expression.name}`, state);
    case "attribute":
      return token(`@ ${expression.name}`, state);
    case "capture":
      return token(`& ${expression.module ?? ""} ${expression.function}/${expression.arity}`, state);
    case "access":
      tokens.push(`. ${expression.field ?? ""}`);
      return write(expression.subject, state) && write(expression.key, state);
    case "call":
      return writeCall(expression, state);
    case "map":
      tokens.push(`% ${expression.struct ?? ""}`);
      return (
        write(expression.base, state) &&
        list(
          expression.entries.flatMap(({ key, value }) => [key, value]),
          state,
        )
      );
    case "keyword":
      tokens.push(`kw ${expression.entries.map(({ key }) => key).join(" ")}`);
      return list(
        expression.entries.map(({ value }) => value),
        state,
      );
    case "operator":
      tokens.push(`op ${expression.operator}`);
      return list(expression.operands, state);
    case "branch":
      return writeBranch(expression, state);
    case "loop":
      return writeLoop(expression, state);
    case "lambda":
      tokens.push("fn");
      return writeClauses(expression.clauses, state);
    case "markup":
      return false; // its tags are no expressions, so that other pages would look the same
    default:
      return writePlain(expression, state);
  }
}

type Plain = Extract<Expression, { kind: "interpolation" | "apply" | "list" | "tuple" | "binary" | "match" | "block" | "unknown" }>;

function writePlain(expression: Plain, state: State): boolean {
  state.tokens.push(expression.kind);
  switch (expression.kind) {
    case "interpolation":
      return list(expression.parts, state);
    case "apply":
      return write(expression.subject, state) && list(expression.arguments, state);
    case "list":
      return list(expression.elements, state) && write(expression.tail, state);
    case "tuple":
    case "binary":
      return list(expression.elements, state);
    case "match":
      return write(expression.value, state) && write(expression.pattern, state);
    case "block":
      return list(expression.expressions, state);
    case "unknown":
      return list(expression.children, state);
  }
}

function token(text: string, { tokens }: State): true {
  tokens.push(text);
  return true;
}

function list(parts: readonly (Expression | null)[], state: State): boolean {
  for (const part of parts) if (!write(part, state)) return false;
  return token(")", state);
}

function writeLiteral(literal: Literal, { tokens, literals }: State): true {
  if (abstracted.has(literal.type)) {
    tokens.push(`# ${literal.type}`);
    literals.push(literal);
  } else tokens.push(`: ${literal.value}`);
  return true;
}

/** `_` and names that begin with it hold nothing anybody reads. */
function nameOf(name: string, { names }: State): string {
  if (name.startsWith("_")) return "v_";
  const known = names.lastIndexOf(name);
  if (known !== -1) return `v${known}`;
  return `v${names.push(name) - 1}`;
}

function writeCall(call: Call, state: State): boolean {
  state.tokens.push(`call ${call.module ?? ""} ${call.function}`);
  return write(call.subject, state) && list(call.arguments, state) && write(call.block, state) && writeClauses(call.clauses, state);
}

function writeBranch(branch: Branch, state: State): boolean {
  state.tokens.push(branch.form);
  const known = state.names.length;
  const headed =
    write(branch.subject, state) &&
    branch.steps.every(({ pattern, guard, value }) => write(value, state) && write(pattern, state) && write(guard, state));
  const written =
    headed &&
    (branch.form === "case" && areApart(branch.clauses) ? writeInAnyOrder(branch.clauses, state) : writeClauses(branch.clauses, state));
  if (branch.form === "with") state.names.length = known;
  return written;
}

function writeLoop(loop: Loop, state: State): boolean {
  state.tokens.push("for");
  const known = state.names.length;
  const written =
    loop.generators.every(({ pattern, source }) => write(source, state) && write(pattern, state)) &&
    list(loop.filters, state) &&
    write(loop.options, state) &&
    write(loop.body, state);
  state.names.length = known;
  return written;
}

function writeClauses(clauses: readonly Clause[], state: State): boolean {
  for (const clause of clauses) if (!writeClause(clause, state)) return false;
  return token(")", state);
}

function writeClause({ role, patterns, guard, body }: Clause, state: State): boolean {
  state.tokens.push(`-> ${role}`);
  const known = state.names.length;
  const written = list(patterns, state) && write(guard, state) && write(body, state);
  state.names.length = known;
  return written;
}

/** Arms of which never two fit one value mean the same in any order: they are written sorted. */
function writeInAnyOrder(clauses: readonly Clause[], state: State): boolean {
  const arms: { readonly tokens: readonly string[]; readonly literals: readonly Literal[] }[] = [];
  for (const clause of clauses) {
    const arm: State = { tokens: [], literals: [], names: [...state.names], size: 0, depth: state.depth };
    if (!writeClause(clause, arm)) return false;
    state.size += arm.size;
    arms.push({ tokens: arm.tokens, literals: arm.literals });
  }
  const sorted = arms.map((arm) => ({ ...arm, text: arm.tokens.join("\n") })).sort((one, other) => (one.text < other.text ? -1 : 1));
  for (const { tokens, literals } of sorted) {
    for (const written of tokens) state.tokens.push(written);
    for (const literal of literals) state.literals.push(literal);
  }
  return token(")", state);
}

/** Each arm asks for another fixed value or tag, so that their order says nothing. */
function areApart(clauses: readonly Clause[]): boolean {
  const tags = clauses.map(({ role, patterns: [first], guard }) => (role === "clause" && guard === null ? tagOf(first) : null));
  return !tags.includes(null) && new Set(tags).size === tags.length;
}

/** The fixed value or tagged tuple a pattern asks for; null when it may fit anything else too. */
export function tagOf(pattern: Expression | undefined): string | null {
  if (pattern?.kind === "literal" && !abstracted.has(pattern.type)) return `: ${pattern.value}`;
  if (pattern?.kind !== "tuple") return null;
  const [first] = pattern.elements;
  return first?.kind === "literal" && first.type === "atom" ? `{${first.value} ${pattern.elements.length}` : null;
}
