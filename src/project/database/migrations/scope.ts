import type { Expression } from "../../../model/expression.js";
import type { ModuleFacts } from "../../../model/facts.js";
import type { Environment } from "../constants.js";

/** A module that helper functions may be found in. */
export interface HelperModule {
  readonly path: string;
  readonly facts: ModuleFacts;
}

/** What is known at one point of a migration. */
export interface MigrationScope extends Environment {
  readonly path: string;
  /** Modules of the project by name, for helpers. */
  readonly modules: ReadonlyMap<string, HelperModule>;
  /** What variables were bound to, for `table(…)`, `index(…)` and SQL that is only partly known. */
  readonly expressions: ReadonlyMap<string, Expression>;
  /** The table whose `create` or `alter` block is being read. */
  readonly table: string | null;
  /** False under a condition the code alone doesn't decide: additions count, removals can't be relied on. */
  readonly certain: boolean;
  readonly depth: number;
  readonly defaults: MigrationDefaults;
}

/** `config :app, Repo, migration_primary_key: …` and its like. */
export interface MigrationDefaults {
  readonly primaryKey: { readonly name: string; readonly type: string } | null;
  readonly timestampType: string;
  readonly foreignKeyType: string;
}
