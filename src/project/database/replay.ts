import type { Facts, ModuleFacts } from "../../model/facts.js";
import type { ConfigurationEntry, Database } from "../../model/project.js";
import { applyChange } from "./apply.js";
import type { Change } from "./change.js";
import { changesOf } from "./migrations/walk.js";
import { defaultsFrom } from "./migrations/defaults.js";
import { rememberHistory, tableBefore, type Step } from "./history.js";
import type { HelperModule, MigrationScope } from "./migrations/scope.js";
import { emptyDatabase, finished, type WorkingDatabase } from "./state.js";
import { readStructure, type StructureFile } from "./structure.js";

/** A migration file and the version in its name. */
interface MigrationFile {
  readonly version: string;
  readonly path: string;
  readonly modules: readonly ModuleFacts[];
}

/** Replays every migration in the order of its version, on top of structure.sql where the project keeps one. */
export function replayDatabase(
  files: readonly Facts[],
  modules: ReadonlyMap<string, HelperModule>,
  configuration: readonly ConfigurationEntry[],
  structures: readonly StructureFile[],
): Database {
  const migrations = migrationFiles(files);
  const base = { modules, defaults: defaultsFrom(configuration) };
  const replayed = emptyDatabase();
  const changes = migrations.map((migration) => ({
    ...migration,
    changes: changesOfFile(migration.modules, migration.path, forwards, base),
  }));
  const history = changes.map((migration) => ({
    version: BigInt(migration.version),
    path: migration.path,
    steps: migration.changes.map((change): Step => {
      const before = tableBefore(replayed, change);
      applyChange(replayed, change);
      return { change, before };
    }),
  }));
  const structure = readStructure(structures);
  const database = structure === null ? replayed : structure.database;
  if (structure !== null) {
    for (const migration of changes) {
      if (!structure.versions.has(migration.version)) for (const change of migration.changes) applyChange(database, change);
    }
    relocate(database, replayed);
  }
  const result = { tables: finished(database), unread: database.unread, migrations: migrations.length + structures.length };
  rememberHistory(result, history);
  return result;
}

/** `priv/…/migrations/2024…_name.exs`, of every application, oldest first. */
function migrationFiles(files: readonly Facts[]): MigrationFile[] {
  return files
    .flatMap((file) => {
      const match = /(?:^|\/)priv\/(?:.+\/)?\w*migrations\/(?:.+\/)?(\d+)_[^/]*\.exs$/.exec(file.path);
      const [, version] = match ?? [];
      return version === undefined ? [] : [{ version, path: file.path, modules: file.modules }];
    })
    .sort((one, other) => Number(BigInt(one.version) - BigInt(other.version)) || (one.path < other.path ? -1 : 1));
}

/** The functions of a migration that run when it is applied. */
const forwards = /^(change|up)$/;

/** What the functions of these names change, in order. */
export function changesOfFile(
  modules: readonly ModuleFacts[],
  path: string,
  names: RegExp,
  base: Pick<MigrationScope, "modules" | "defaults">,
): Change[] {
  return modules.flatMap((module) => {
    const entry = module.functions.find((candidate) => names.test(candidate.name) && candidate.arity === 0);
    const scope: MigrationScope = {
      ...base,
      module,
      path,
      variables: new Map(),
      expressions: new Map(),
      table: null,
      certain: true,
      depth: 0,
    };
    return (entry?.clauses ?? []).flatMap((clause) => (clause.body === null ? [] : changesOf(clause.body, scope)));
  });
}

/** Where structure.sql and the migrations know the same thing, the migration's line is where it was decided. */
function relocate(database: WorkingDatabase, replayed: WorkingDatabase): void {
  for (const [name, table] of database.tables) {
    const origin = replayed.tables.get(name);
    if (origin === undefined) continue;
    for (const column of table.columns.values()) {
      const { path, span } = origin.columns.get(column.name) ?? column;
      table.columns.set(column.name, { ...column, path, span });
    }
    table.indexes = table.indexes.map((index) => {
      const { path, span } = origin.indexes.find((other) => other.name === index.name) ?? index;
      return { ...index, path, span };
    });
    database.tables.set(name, { ...table, path: origin.path, span: origin.span });
  }
}
