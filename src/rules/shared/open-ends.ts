import type { Call, Expression } from "../../model/expression.js";
import { outlineOfClause } from "../../model/outline.js";
import type { Project } from "../../model/project.js";
import { collect, walk } from "../../model/walk.js";
import { findFunction } from "../../project/find-function.js";
import { binds } from "./bound-values.js";
import { closesAlways, refusedBefore, type Closes } from "./closed-ways.js";
import type { Definition } from "./definitions.js";

/** Something that was opened, the name it is held by, and what may be done with it. */
export interface Held {
  /** The call that opened it. */
  readonly call: Call;
  readonly handle: string;
  /** Whether `Module.function` closes it. */
  readonly isClose: (name: string) => boolean;
  /** Modules whose functions use it without taking it over. */
  readonly uses: readonly string[];
}

/** Whether code that closes what it opened does so on some ways only. False when nothing in it closes, or when the handle leaves it. */
export function endsOpen(held: Held, definition: Definition, project: Project): boolean {
  const { body } = definition;
  const named = collect(body, "call").filter((call) => takes(call, held.handle));
  if (!named.some((call) => held.isClose(nameOf(call))) || leaves(held, body)) return false;
  const closes: Closes = (call) => takes(call, held.handle) && mayClose(call, held, definition, project);
  let open = false;
  walk(body, (part) => {
    if (part.kind === "block") {
      const place = part.expressions.findIndex((statement) => statement.kind === "match" && statement.value === held.call);
      if (place !== -1) open ||= !part.expressions.slice(place + 1).some((statement) => closesAlways(statement, closes));
    }
    if (part.kind !== "branch") return;
    if (part.subject === held.call) {
      const arm = part.clauses.find(({ patterns }) => patterns.some((pattern) => binds(pattern, held.handle)));
      if (arm !== undefined) open ||= !closesAlways(arm.body, closes);
    }
    const step = part.steps.findIndex(({ value }) => value === held.call);
    if (part.form !== "with" || step === -1) return;
    const later = part.steps.slice(step + 1);
    const done = part.clauses.filter(({ role }) => role === "do");
    const isClosed = later.some(({ value }) => closesAlways(value, closes)) || done.every(({ body: arm }) => closesAlways(arm, closes));
    open ||= refusedBefore(later, closes) || !isClosed;
  });
  return open;
}

function nameOf({ module, function: name }: Call): string {
  return `${module ?? ""}.${name}`;
}

function takes({ arguments: given }: Call, handle: string): boolean {
  return given.some((argument) => argument.kind === "variable" && argument.name === handle);
}

/** A function that closes it, or one that is not known to leave it open. */
function mayClose(call: Call, { isClose, uses }: Held, { function: entry }: Definition, project: Project): boolean {
  if (isClose(nameOf(call))) return true;
  if (call.module !== null && uses.includes(call.module)) return /controlling_process|stream/.test(call.function);
  const target = call.subject === null ? findFunction(project, call.module ?? entry.module, call.function, call.arguments.length) : null;
  if (target === null) return true;
  const calls = target.facts.clauses.flatMap((clause) => outlineOfClause(clause).calls);
  return calls.some(
    ({ module, function: name }) => isClose(`${module ?? ""}.${name}`) || (module === null && /clos|stop|shut|finish/.test(name)),
  );
}

/** Whether the handle is given back, stored or sent: named anywhere but in a pattern and as an argument. */
function leaves({ handle }: Held, body: Expression): boolean {
  const known = new Set<Expression>();
  let left = false;
  const know = (pattern: Expression): void => {
    for (const variable of collect(pattern, "variable")) known.add(variable);
  };
  walk(body, (part) => {
    if (part.kind === "match") know(part.pattern);
    if (part.kind === "branch") {
      for (const { patterns } of part.clauses) patterns.forEach(know);
      for (const { pattern } of part.steps) if (pattern !== null) know(pattern);
    }
    if (part.kind === "call") for (const argument of part.arguments) known.add(argument);
    if (part.kind === "variable" && part.name === handle && !known.has(part)) left = true;
    return !left;
  });
  return left;
}
