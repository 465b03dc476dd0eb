import type { Expression } from "../../model/expression.js";
import type { Facts } from "../../model/facts.js";
import type { Location, Project } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { roughText } from "../../project/database/constants.js";
import { historyOf } from "../../project/database/history.js";
import { repositoryCall } from "../../project/repository-call.js";

/** A statement of a migration that changes rows. `table` is null when the code alone doesn't tell it. */
export interface DataChange {
  readonly at: Location;
  readonly table: string | null;
  readonly kind: "update" | "insert" | "delete";
  /** Whether it is narrowed to some rows. */
  readonly narrowed: boolean;
}

const forwards = /^(change|up)$/;

/** What the migration in a file does to rows when it is applied: SQL, and calls of a repository in any of its functions but `down`. */
export function dataChanges(facts: Facts, project: Project): DataChange[] {
  return facts.modules.flatMap((module) =>
    module.functions.flatMap((definition) =>
      (definition.name === "down" ? [] : definition.clauses).flatMap((clause) => {
        if (clause.body === null) return [];
        return collect(clause.body, "call").flatMap((call): DataChange[] => {
          const at = { path: facts.path, span: call.segment };
          const [first, second] = call.arguments;
          if (call.function === "execute" && call.subject === null) return sqlChange(first, at, { variables: new Map(), module });
          const repository = repositoryCall(project, call);
          if (repository?.operation === "raw") {
            return sqlChange(call.module === "Ecto.Adapters.SQL" ? second : first, at, { variables: new Map(), module });
          }
          if (repository?.operation !== "write") return [];
          const kind = /delete/.test(call.function) ? "delete" : /insert(?!_or_update)/.test(call.function) ? "insert" : "update";
          const narrowed = /_all$/.test(call.function) && first !== undefined && hasCondition(first);
          return [{ at, table: tableOfSource(first, project), kind, narrowed }];
        });
      }),
    ),
  );
}

/** Whether a migration may write rows in a way that its own file does not show: it calls code of the project that does. */
export function startsWrites(facts: Facts, project: Project): boolean {
  return facts.modules.some((module) =>
    module.functions.some(
      (definition) =>
        forwards.test(definition.name) &&
        project.effects.get(`${module.name}.${definition.name}/${String(definition.arity)}`)?.has("write"),
    ),
  );
}

/** Whether rows may have been written by a migration of a version between the two, both included. */
export function isBackfilled(from: bigint, to: bigint, project: Project): boolean {
  return historyOf(project.database).some(({ version, path }) => {
    if (version < from || version > to) return false;
    const facts = project.files.get(path);
    return facts !== undefined && (startsWrites(facts, project) || dataChanges(facts, project).some(({ kind }) => kind !== "insert"));
  });
}

function sqlChange(sql: Expression | undefined, at: Location, environment: Parameters<typeof roughText>[1]): DataChange[] {
  const text = roughText(sql, environment) ?? "";
  const [, verb = "", table = null] =
    /^\s*(?:with\b.*?\)\s*)?(update|insert\s+into|delete\s+from|truncate(?:\s+table)?)\s+(?:only\s+)?"?(?:public"?\."?)?([a-z_][\w.]*)/is.exec(
      text,
    ) ?? [];
  if (verb === "") return [];
  const kind = /^update/i.test(verb) ? "update" : /^insert/i.test(verb) ? "insert" : "delete";
  return [{ at, table, kind, narrowed: /\bwhere\b/i.test(text) }];
}

function hasCondition(query: Expression): boolean {
  return (
    collect(query, "call").some((call) => /^(or_)?where$/.test(call.function)) ||
    collect(query, "keyword").some((keyword) => keyword.entries.some(({ key }) => key === "where"))
  );
}

/** The table a query starts from: a schema, or a name in quotes. */
function tableOfSource(source: Expression | undefined, project: Project): string | null {
  if (source === undefined) return null;
  const [named] = collect(source, "module").flatMap(({ name }) => project.schemas.get(name)?.table ?? []);
  if (named !== undefined) return named;
  const [written] = collect(source, "literal").filter(({ type }) => type === "string");
  return written !== undefined && project.database.tables.has(written.value) ? written.value : null;
}
