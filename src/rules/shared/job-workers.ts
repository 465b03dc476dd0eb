import type { Call, Expression, Keyword } from "../../model/expression.js";
import type { Project, ProjectModule } from "../../model/project.js";
import { optionOf } from "../../project/values.js";
import { perProject } from "./per-project.js";

/** A module that `use`s `Oban.Worker`, and what it says there. */
export interface JobWorker {
  readonly module: ProjectModule;
  /** Null where options come from elsewhere. */
  readonly options: Keyword | null;
}

/** The Oban workers of a project by name. */
export const jobWorkers = perProject((project): ReadonlyMap<string, JobWorker> => {
  const workers = new Map<string, JobWorker>();
  for (const module of project.modules.values()) {
    const use = module.facts.uses.find(({ module: used }) => used === "Oban.Worker");
    if (use === undefined) continue;
    const options = use.options?.kind === "keyword" ? use.options : null;
    workers.set(module.name, { module, options });
  }
  return workers;
});

/** The worker whose job `Worker.new(…)` or, inside the worker, `new(…)` makes; null for any other call. */
export function workerMadeBy(
  call: { readonly module: string | null; readonly function: string },
  within: string,
  project: Project,
): JobWorker | null {
  return call.function === "new" ? (jobWorkers(project).get(call.module ?? within) ?? null) : null;
}

/** The arguments given to `Worker.new/1,2` when they are a map that is written there. */
export function writtenArguments({ arguments: [given] }: Call): Extract<Expression, { kind: "map" }> | null {
  return given?.kind === "map" && given.base === null && given.struct === null ? given : null;
}

/** One of the options of `unique:`, of a worker or of a single job; null when not given as written. */
export function uniqueOption(options: Expression | null, key: string): Expression | null {
  const unique = optionOf(options, "unique");
  return unique?.kind === "keyword" ? optionOf(unique, key) : null;
}
