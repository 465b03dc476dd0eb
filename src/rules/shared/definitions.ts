import type { Expression } from "../../model/expression.js";
import type { Facts, FunctionClause } from "../../model/facts.js";
import type { FunctionId, Project, ProjectFunction } from "../../model/project.js";
import { perProject } from "./per-project.js";

/** One clause with a body, and the function it belongs to. A template is a definition of its view module. */
export interface Definition {
  readonly id: FunctionId;
  readonly function: ProjectFunction;
  readonly clause: FunctionClause;
  readonly body: Expression;
}

const functionsByPath = perProject((project) => {
  const byPath = new Map<string, ProjectFunction[]>();
  for (const entry of project.functions.values()) {
    const earlier = byPath.get(entry.path);
    if (earlier === undefined) byPath.set(entry.path, [entry]);
    else earlier.push(entry);
  }
  return byPath;
});

/** Every function clause written in a file, macros left out. */
export function definitionsIn(facts: Facts, project: Project): Definition[] {
  return (functionsByPath(project).get(facts.path) ?? [])
    .filter((entry) => entry.facts.kind === "function")
    .flatMap((entry) =>
      entry.facts.clauses.flatMap((clause) => (clause.body === null ? [] : [{ id: entry.id, function: entry, clause, body: clause.body }])),
    );
}
