import type { Facts } from "../../model/facts.js";
import type { Project } from "../../model/project.js";
import type { Change } from "./change.js";
import { defaultsFrom } from "./migrations/defaults.js";
import { changesOfFile } from "./replay.js";

/** What `down` of a migration changes, in order; nothing for one that has only `change`. */
export function rollbackOf(project: Project, migration: Facts): Change[] {
  const base = { modules: project.modules, defaults: defaultsFrom(project.configuration) };
  return changesOfFile(migration.modules, migration.path, /^down$/, base);
}
