import type { ProjectModule } from "../model/project.js";

/** Modules that are Ecto repositories: those that use Ecto.Repo, through wrappers too. */
export function repositoriesOf(modules: ReadonlyMap<string, ProjectModule>): Set<string> {
  const repositories = new Set<string>();
  for (const module of modules.values()) {
    if (module.uses.has("Ecto.Repo") || module.uses.has("AshPostgres.Repo")) repositories.add(module.name);
  }
  return repositories;
}

/** Whether calls on a module are calls on a repository: a known one, or one named `….Repo` whose file is not in the project. */
export function isRepository(repositories: ReadonlySet<string>, modules: ReadonlyMap<string, ProjectModule>, name: string): boolean {
  return repositories.has(name) || (/(^|\.)Repo$/.test(name) && name !== "Ecto.Repo" && !modules.has(name));
}
