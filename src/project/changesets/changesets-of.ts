import type { Call, Expression } from "../../model/expression.js";
import type { FunctionFacts } from "../../model/facts.js";
import type { Changeset, FunctionId, Project, ProjectFunction, Schema } from "../../model/project.js";
import { walk } from "../../model/walk.js";
import { findFunction } from "../find-function.js";
import { stepOf, type Step } from "./steps.js";

/** How many helpers deep a changeset is followed. */
const deepest = 4;

/**
 * The functions that build changesets of a schema, in its own module and in the `Changeset` module some teams put beneath it,
 * each with what its helpers add. Helpers on their own are left out.
 */
export function changesetsOf(project: Project, schema: Schema): Changeset[] {
  return [schema.module, `${schema.module}.Changeset`].flatMap((module) => changesetsIn(project, module));
}

const known = new WeakMap<Project, Map<string, readonly Changeset[]>>();

/** The same for any module: contexts constrain changesets too. */
export function changesetsIn(project: Project, module: string): readonly Changeset[] {
  const byModule = known.get(project) ?? new Map<string, readonly Changeset[]>();
  known.set(project, byModule);
  const earlier = byModule.get(module);
  if (earlier !== undefined) return earlier;
  const changesets = readChangesets(project, module);
  byModule.set(module, changesets);
  return changesets;
}

function readChangesets(project: Project, module: string): Changeset[] {
  const functions = project.modules.get(module)?.facts.functions ?? [];
  const read = functions.flatMap((facts) => {
    const entry = project.functions.get(`${module}.${facts.name}/${String(facts.arity)}`);
    return entry === undefined ? [] : [{ facts, entry, content: contentOf(project, entry, new Set(), 0) }];
  });
  const helpers = new Set(read.flatMap(({ content }) => [...content.helpers]));
  return read.flatMap(({ facts, entry, content }) =>
    content.steps.length === 0 || (facts.visibility === "private" && helpers.has(entry.id)) ? [] : [changesetFrom(entry, content.steps)],
  );
}

interface Content {
  readonly steps: readonly Step[];
  readonly helpers: ReadonlySet<FunctionId>;
}

function contentOf(project: Project, entry: ProjectFunction, seen: Set<FunctionId>, depth: number): Content {
  const steps: Step[] = [];
  const helpers = new Set<FunctionId>();
  const module = project.modules.get(entry.module);
  if (module === undefined || seen.has(entry.id)) return { steps, helpers };
  seen.add(entry.id);
  for (const call of callsIn(entry.facts)) {
    const step = call.kind === "call" ? stepOf(call, module.facts, entry.path) : null;
    if (step !== null) steps.push(step);
    const helper = step === null && depth < deepest ? helperOf(project, call, entry) : null;
    if (helper === null || helper.id === entry.id) continue;
    helpers.add(helper.id);
    steps.push(...contentOf(project, helper, seen, depth + 1).steps);
  }
  return { steps, helpers };
}

type Reference = Call | Extract<Expression, { kind: "capture" }>;

function callsIn(facts: FunctionFacts): Reference[] {
  const calls: Reference[] = [];
  for (const clause of facts.clauses) {
    if (clause.body === null) continue;
    walk(clause.body, (expression) => {
      if (expression.kind === "call" || expression.kind === "capture") calls.push(expression);
    });
  }
  return calls.sort((left, right) => writtenAt(left) - writtenAt(right));
}

/** The last call of a pipe is the outermost one, but the first written comes first. */
function writtenAt(call: Reference): number {
  return call.kind === "call" ? call.segment.start : call.span.start;
}

/** A function of the same module, or of a module that helps with changesets and is no schema itself. */
function helperOf(project: Project, call: Reference, from: ProjectFunction): ProjectFunction | null {
  if (call.kind === "call" && call.subject !== null) return null;
  const named = call.module === "__MODULE__" ? from.module : call.module;
  const arity = call.kind === "capture" ? call.arity : call.arguments.length;
  const imported = named === null ? (project.modules.get(from.module)?.facts.imports ?? []).map((reference) => reference.module) : [];
  for (const module of named === null ? [from.module, ...imported] : [named]) {
    if (module !== from.module && !helpsChangesets(project, module)) continue;
    const found = findFunction(project, module, call.function, arity);
    if (found !== null) return found;
  }
  return null;
}

function helpsChangesets(project: Project, module: string): boolean {
  const found = project.modules.get(module);
  return found !== undefined && !project.schemas.has(module) && touchesChangesets(project, module);
}

/** Whether a module imports or aliases `Ecto.Changeset`, itself or through what it uses. */
export function touchesChangesets(project: Project, module: string): boolean {
  const found = project.modules.get(module);
  if (found === undefined) return false;
  return found.imports.has("Ecto.Changeset") || found.facts.aliases.some((alias) => alias.name === "Ecto.Changeset");
}

function changesetFrom(entry: ProjectFunction, steps: readonly Step[]): Changeset {
  return {
    path: entry.path,
    span: entry.facts.span,
    function: entry.id,
    casts: steps.flatMap((step) => (step.kind === "cast" ? [step.step] : [])),
    required: steps.flatMap((step) => (step.kind === "required" ? [step.step] : [])),
    constraints: steps.flatMap((step) => (step.kind === "constraint" ? [step.constraint] : [])),
  };
}
