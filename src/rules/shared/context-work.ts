import type { Branch, Call, Expression } from "../../model/expression.js";
import { outlineOfClause } from "../../model/outline.js";
import type { Project } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { countEffect, effectsWithin } from "../../project/effects-of.js";
import { repositoryCall } from "../../project/repository-call.js";
import type { Definition } from "./definitions.js";
import { elaborateParts } from "./elaborate-queries.js";

/** Work of a context: a query put together, steps of one change, or a choice of what to store. `named` are parts of the query. */
export interface ContextWork {
  readonly kind: "query" | "writes" | "choice";
  readonly calls: readonly Call[];
  readonly named: readonly string[];
}

/** What of a context's work a definition does itself; null where it does none. */
export function contextWorkIn(definition: Definition, project: Project): ContextWork | null {
  return asksTooMuch(definition, project) ?? decides(definition, project);
}

function asksTooMuch({ clause, body }: Definition, project: Project): ContextWork | null {
  const { calls: outlined } = outlineOfClause(clause);
  if (!outlined.some(({ function: name }) => project.repositoryFunctions.has(name))) return null;
  const calls = collect(body, "call");
  const asked = calls.filter((call) => repositoryCall(project, call) !== null && call.function !== "preload");
  const writes = asked.filter((call) => repositoryCall(project, call)?.operation === "write");
  const reads = asked.filter((call) => /^(all|one|get_by|exists\?|aggregate)!?$/.test(call.function));
  const steps = writes.length === 1 && reads.length >= 1 && asked.length >= 3;
  if (steps || (followEachOther(writes, body) && !completes(writes))) return { kind: "writes", calls: asked, named: [] };
  const parts = elaborateParts(calls);
  return asked.length > 0 && parts.length > 0 ? { kind: "query", calls: asked, named: parts } : null;
}

/** What is inserted is updated at once with what needs its id, such as a file. */
function completes([first, second, ...others]: readonly Call[]): boolean {
  return others.length === 0 && /^insert!?$/.test(first?.function ?? "") && /^update!?$/.test(second?.function ?? "");
}

/** Two of them happen on one way through the code. */
function followEachOther(writes: readonly Call[], body: Expression): boolean {
  const branches = writes.length < 2 ? [] : collect(body, "branch");
  const exclude = (one: Call, other: Call): boolean =>
    branches.some(({ clauses }) => {
      const places = [one, other].map((call) => clauses.findIndex(({ span }) => contains(span, call.segment)));
      return places[0] !== places[1] && !places.includes(-1);
    });
  return writes.some((one, position) => writes.slice(position + 1).some((other) => !exclude(one, other)));
}

/** A record is looked up, and each branch stores something else. */
function decides(definition: Definition, project: Project): ContextWork | null {
  const { id, body } = definition;
  if (countEffect(project, id, body.span, "write") < 2) return null;
  for (const branch of collect(body, "branch")) {
    if (branch.form !== "case" || branch.subject === null || !reads(branch.subject, definition, project)) continue;
    const storing = branch.clauses.flatMap((clause) => writesIn(clause.body, definition, project).slice(0, 1));
    if (storing.length >= 2 && fixesValues(branch))
      return { kind: "choice", calls: [...writesIn(branch.subject, definition, project), ...storing], named: [] };
  }
  return null;
}

function reads(subject: Expression, { id }: Definition, project: Project): boolean {
  const effects = new Set(effectsWithin(project, id, subject.span).map(({ effect }) => effect));
  return effects.has("query") && !effects.has("write");
}

function writesIn(code: Expression, { id }: Definition, project: Project): Call[] {
  const starts = new Set(effectsWithin(project, id, code.span).flatMap(({ effect, span }) => (effect === "write" ? [span.start] : [])));
  return collect(code, "call").filter((call) => starts.has(call.segment.start));
}

/** Three or more values of a new record are written here: what a record begins with is a rule of the domain. */
function fixesValues(branch: Branch): boolean {
  return branch.clauses.some(({ body }) => collect(body, "map").some(({ entries }) => entries.length >= 3));
}
