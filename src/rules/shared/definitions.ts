import type { Expression } from "../../model/expression.js";
import type { Facts, FunctionClause } from "../../model/facts.js";
import { outlineOfClause } from "../../model/outline.js";
import type { FunctionId, Project, ProjectFunction } from "../../model/project.js";
import { perProject } from "./per-project.js";
import { isProduction, runsOnce } from "./production.js";

/** One clause with a body, and the function it belongs to. A template is a definition of its view module. */
export interface Definition {
  readonly id: FunctionId;
  readonly function: ProjectFunction;
  readonly clause: FunctionClause;
  /** Read from the remembered facts when it is first asked for: ask `outlineOfClause(clause)` before, where names tell that nothing is there. */
  readonly body: Expression;
}

const functionsByPath = perProject((project) => {
  const byPath = new Map<string, ProjectFunction[]>();
  for (const entry of project.functions.values()) {
    if (entry.injected) continue; // its text stands in a macro that several modules may share
    const earlier = byPath.get(entry.path);
    if (earlier === undefined) byPath.set(entry.path, [entry]);
    else earlier.push(entry);
  }
  return byPath;
});

/** Function clauses of a file that run while the application serves: no macros, and nothing that only a migration, task or release leads to. */
export function servingDefinitions(facts: Facts, project: Project): readonly Definition[] {
  const known = definitionsByPath(project);
  const earlier = known.get(facts.path);
  if (earlier !== undefined) return earlier;
  const definitions = isProduction(facts.path) ? definitionsIn(facts, project, onlyRunOnce(project)) : [];
  known.set(facts.path, definitions);
  return definitions;
}

/** The same with what only a migration, task or release leads to: the application's own code, whoever runs it. */
export function applicationDefinitions(facts: Facts, project: Project): readonly Definition[] {
  return isProduction(facts.path) ? definitionsIn(facts, project, none) : [];
}

const none: ReadonlySet<FunctionId> = new Set();

function definitionsIn(facts: Facts, project: Project, left: ReadonlySet<FunctionId>): Definition[] {
  const definitions: Definition[] = [];
  for (const entry of functionsByPath(project).get(facts.path) ?? []) {
    if (entry.facts.kind !== "function" || left.has(entry.id)) continue;
    for (const clause of entry.facts.clauses) if (outlineOfClause(clause).hasBody) definitions.push(new ServingDefinition(entry, clause));
  }
  return definitions;
}

const definitionsByPath = perProject(() => new Map<string, readonly Definition[]>());

/** A class because its getter is then shared: thousands are made, and few bodies are read. */
class ServingDefinition implements Definition {
  readonly id: FunctionId;
  readonly function: ProjectFunction;
  readonly clause: FunctionClause;

  constructor(entry: ProjectFunction, clause: FunctionClause) {
    this.id = entry.id;
    this.function = entry;
    this.clause = clause;
  }

  get body(): Expression {
    return this.clause.body ?? nothing;
  }
}

const nothing: Expression = { kind: "block", expressions: [], span: { start: 0, end: 0 } };

/** Functions that migrations, mix tasks and release tasks lead to and that no serving code calls. */
const onlyRunOnce = perProject((project): ReadonlySet<FunctionId> => {
  const entries = [...project.functions.values()];
  const serves = oncePerPath(isProduction);
  const isRoot = (entry: ProjectFunction): boolean => !project.callers.has(entry.id) && serves(entry.path);
  const bodies = [...project.calls.keys()].filter(
    (id) => !project.functions.has(id) && serves(project.modules.get(moduleOf(id))?.path ?? ".exs"),
  );
  const served = reach(project, [...entries.filter(isRoot).map((entry) => entry.id), ...bodies]);
  const isOneOff = oncePerPath(runsOnce);
  const once = reach(
    project,
    [...project.calls].flatMap(([caller, sites]) => (sites.some((site) => isOneOff(site.path)) ? [caller] : [])),
  );
  return new Set([...once].filter((id) => !served.has(id)));
});

/** Asks once what many functions of one file would ask. */
function oncePerPath(ask: (path: string) => boolean): (path: string) => boolean {
  const known = new Map<string, boolean>();
  return (path) => {
    const earlier = known.get(path);
    if (earlier !== undefined) return earlier;
    const answer = ask(path);
    known.set(path, answer);
    return answer;
  };
}

function moduleOf(id: FunctionId): string {
  return id.replace(/\.[^.]*$/, "");
}

function reach(project: Project, roots: readonly FunctionId[]): Set<FunctionId> {
  const reached = new Set<FunctionId>();
  const pending = [...roots];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (reached.has(current)) continue;
    reached.add(current);
    for (const site of project.calls.get(current) ?? []) pending.push(site.callee);
  }
  return reached;
}
