import type { Call, Expression } from "../model/expression.js";
import type { Project, RepositoryOperation } from "../model/project.js";
import { isRepository } from "./repositories.js";

export interface RepositoryCall {
  readonly operation: RepositoryOperation;
  readonly name: string;
  /** The repository module; null when it is held in a variable (`repo.insert(…)` inside Ecto.Multi.run). */
  readonly repository: string | null;
}

/** Whether a call asks an Ecto repository for something, and for what; null for every other call. */
export function repositoryCall(project: Project, call: Call): RepositoryCall | null {
  const repository = repositoryNamed(project, call);
  if (repository === undefined) return null;
  const operation = project.repositoryFunctions.get(call.function) ?? ownOperation(project, repository, call);
  return operation === null ? null : { operation, name: call.function, repository };
}

/** The repository a call is made on; undefined when it is none. */
function repositoryNamed(project: Project, call: Call): string | null | undefined {
  if (call.module === "Ecto.Adapters.SQL") return null;
  if (call.module !== null) return isRepository(project.repositoryModules, project.modules, call.module) ? call.module : undefined;
  return call.subject === null ? undefined : heldRepository(project, call.subject);
}

/** `repo.all(…)`, `@repo.all(…)`, `repo().all(…)`, `Repo.replica().all(…)`. */
function heldRepository(project: Project, subject: Expression): string | null | undefined {
  if (subject.kind === "variable" || subject.kind === "attribute") return /^_?(repo|repository)$/.test(subject.name) ? null : undefined;
  if (subject.kind !== "call") return undefined;
  if (subject.module !== null) return isRepository(project.repositoryModules, project.modules, subject.module) ? subject.module : undefined;
  return /^(repo|repository|replica)$/.test(subject.function) ? null : undefined;
}

/** A function the team wrote into its repository (`Repo.fetch/2`) does what it does through Ecto's. */
function ownOperation(project: Project, repository: string | null, call: Call): RepositoryOperation | null {
  if (repository === null) return null;
  const effects = project.effects.get(`${repository}.${call.function}/${String(call.arguments.length)}`);
  if (effects === undefined) return null;
  if (effects.has("transaction")) return "transaction";
  if (effects.has("write")) return "write";
  return effects.has("query") ? "read" : null;
}
