import type { Facts } from "../../model/facts.js";
import type { Project } from "../../model/project.js";
import type { Change } from "./change.js";
import { defaultsFrom } from "./migrations/defaults.js";
import type { MigrationDefaults } from "./migrations/scope.js";
import { changesOfFile } from "./replay.js";

const known = new WeakMap<Project, MigrationDefaults>();

/** What `down` of a migration changes, in order; nothing for one that has only `change`. */
export function rollbackOf(project: Project, migration: Facts): Change[] {
  const defaults = known.get(project) ?? defaultsFrom(project.configuration);
  known.set(project, defaults);
  const base = { modules: project.modules, defaults };
  return changesOfFile(migration.modules, migration.path, /^down$/, base);
}
