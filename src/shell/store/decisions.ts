import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { Decision } from "../../model/decision.js";
import type { NewDecision } from "../../model/memory.js";
import { decisionFromRow, decisionToRow, scopeColumns } from "./rows.js";
import type { MemoryTables } from "./tables.js";

/** Records a decision and retires the one in force for the same scope, both or neither. */
export async function recordDecision(database: Kysely<MemoryTables>, decision: NewDecision, at: number): Promise<Decision> {
  const id = randomUUID();
  await database.transaction().execute(async (transaction) => {
    const { scope_kind, scope_key } = scopeColumns(decision.scope);
    await transaction
      .updateTable("decisions")
      .set({ superseded_by: id })
      .where("repository", "=", decision.repository)
      .where("rule", "=", decision.rule)
      .where("scope_kind", "=", scope_kind)
      .where("scope_key", "=", scope_key)
      .where("superseded_by", "is", null)
      .execute();
    await transaction
      .insertInto("decisions")
      .values(decisionToRow(decision, id, at))
      .execute();
  });
  return { ...decision, id, at };
}

export async function decisionsInForce(database: Kysely<MemoryTables>, repository: string): Promise<Decision[]> {
  const rows = await inForce(database).where("repository", "=", repository).execute();
  return rows.map(decisionFromRow);
}

/** Every word must occur in the rule, the reason, the path, the repository or the person; words are taken literally. */
export async function searchDecisions(database: Kysely<MemoryTables>, query: string): Promise<Decision[]> {
  let rows = inForce(database);
  for (const word of query.split(/\s+/).filter((part) => part !== "")) {
    const pattern = `%${word.replace(/[\\%_]/g, "\\$&")}%`;
    rows = rows.where((expression) =>
      expression.or(searched.map((column) => sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`)),
    );
  }
  return (await rows.execute()).map(decisionFromRow);
}

const searched = ["rule", "reason", "anchor_path", "repository", "by_name", "by", "verdict"] as const;

function inForce(database: Kysely<MemoryTables>) {
  return database.selectFrom("decisions").selectAll().where("superseded_by", "is", null).orderBy("position", "desc");
}
