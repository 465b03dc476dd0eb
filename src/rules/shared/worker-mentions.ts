import { outlineOfClause } from "../../model/outline.js";
import type { FunctionId } from "../../model/project.js";
import { perProject } from "./per-project.js";

/** Functions that name a worker, by the worker's module: those that enqueue it are among them. */
export const workerMentions = perProject((project): ReadonlyMap<string, readonly FunctionId[]> => {
  const mentions = new Map(
    [...project.modules.values()].flatMap(({ name, role }) => (role === "worker" ? [[name, [] as FunctionId[]]] : [])),
  );
  if (mentions.size === 0) return mentions;
  for (const entry of project.functions.values()) {
    for (const clause of entry.facts.clauses) {
      const { calls, modules } = outlineOfClause(clause);
      for (const { module } of calls) if (module !== null && module !== entry.module) mentions.get(module)?.push(entry.id);
      for (const { name } of modules) if (name !== entry.module) mentions.get(name)?.push(entry.id);
    }
  }
  return mentions;
});
