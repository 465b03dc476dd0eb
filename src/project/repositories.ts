import type { DirectEffect, ProjectModule } from "../model/project.js";

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

/** What people call a repository they are handed: `fn repo, changes -> repo.insert(…) end`, `@repo`, `repo()`. */
const handed = /^_?(repo|repository)$/;

/** The repository behind a name for one that is handed on: the project's only one, else some repository; null for another name. */
export function repositoryHanded(repositories: ReadonlySet<string>, name: string): string | null {
  if (!handed.test(name)) return null;
  const [first, ...others] = repositories;
  return first === undefined || others.length > 0 ? "Repo" : first;
}

/** The known repositories and those that are only seen called (`Other.Repo.all/1`), because their file is not in the project. */
export function withAbsentRepositories(
  repositories: ReadonlySet<string>,
  modules: ReadonlyMap<string, ProjectModule>,
  effects: ReadonlyMap<string, readonly DirectEffect[]>,
): Set<string> {
  const called = [...effects.values()].flat().map(({ call }) => call.slice(0, Math.max(0, call.lastIndexOf("."))));
  return new Set([...repositories, ...called.filter((name) => isRepository(repositories, modules, name))]);
}
