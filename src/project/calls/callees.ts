import { outlineOfClause, type OutlinedCall } from "../../model/outline.js";
import type { FunctionId, Project } from "../../model/project.js";

/** What a call is told by before its arguments are read; a capture is one too. */
export type Callee = Pick<OutlinedCall, "module" | "function">;

type Callers = ReadonlyMap<string | null, ReadonlyMap<string, readonly FunctionId[]>>;

const known = new WeakMap<Project, Callers>();

/** The functions with a call of some kind, each once: every callee of a project is asked about once. */
export function functionsCalling(project: Project, asked: (callee: Callee) => boolean): FunctionId[] {
  const found = new Set<FunctionId>();
  for (const [module, byName] of callersOf(project)) {
    for (const [name, callers] of byName) if (asked({ module, function: name })) for (const id of callers) found.add(id);
  }
  return [...found];
}

function callersOf(project: Project): Callers {
  const earlier = known.get(project);
  if (earlier !== undefined) return earlier;
  const callers = new Map<string | null, Map<string, FunctionId[]>>();
  for (const { id, facts } of project.functions.values()) {
    for (const clause of facts.clauses) {
      for (const { module, function: name } of outlineOfClause(clause).calls) {
        const byName = callers.get(module) ?? new Map<string, FunctionId[]>();
        if (byName.size === 0) callers.set(module, byName);
        const those = byName.get(name);
        if (those === undefined) byName.set(name, [id]);
        else if (those.at(-1) !== id) those.push(id);
      }
    }
  }
  known.set(project, callers);
  return callers;
}
