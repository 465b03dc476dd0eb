import type { ConfigurationEntry } from "../../../model/project.js";
import type { Expression } from "../../../model/expression.js";
import { atomOf, booleanOf, optionOf } from "../../values.js";
import type { MigrationDefaults } from "./scope.js";

/** What the repository's configuration says about keys and timestamps of new tables; Ecto's own defaults otherwise. */
export function defaultsFrom(configuration: readonly ConfigurationEntry[]): MigrationDefaults {
  const option = (key: string): Expression | null => {
    for (const entry of configuration) {
      const value = optionOf(entry.value, key);
      if (value !== null) return value;
    }
    return null;
  };
  const key = option("migration_primary_key");
  const foreignKey = option("migration_foreign_key");
  return {
    primaryKey:
      booleanOf(key) === false ? null : { name: atomOf(optionOf(key, "name")) ?? "id", type: atomOf(optionOf(key, "type")) ?? "bigserial" },
    timestampType: atomOf(optionOf(option("migration_timestamps"), "type")) ?? "naive_datetime",
    foreignKeyType: atomOf(optionOf(foreignKey, "type")) ?? atomOf(optionOf(key, "type")) ?? "bigint",
  };
}
