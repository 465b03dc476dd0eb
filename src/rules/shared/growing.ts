import type { Expression } from "../../model/expression.js";
import type { Project, Schema } from "../../model/project.js";
import type { RunQuery } from "../../project/queries/types.js";
import { perProject } from "./per-project.js";

/** Tables of a few rows that the team itself fills: reading them whole costs nothing. */
const small =
  /(^|[._])(plans?|roles?|permissions?|settings?|configurations?|configs?|features?|flags?|feature_flags|categories|category|tags?|topics?|countries|currencies|languages|locales|timezones|regions|districts|cities|states|statuses|types|kinds|levels|units|templates|menus|badges|skills|sponsors|sources|channels)$/;
const people = /(^|[._])(users|accounts|people|persons|customers|members|students|contacts|subscribers|organi[sz]ations|companies)$/;
const owning =
  /^(user|account|person|people|member|customer|author|owner|creator|submitter|organi[sz]ation|company|team|tenant|workspace)$/;
/** Columns of a few kinds of values: a condition on one leaves a share of the table, and that grows with it. */
const flatName = /^(status|state|type|kind|role|visibility|is_\w+|has_\w+|\w+_at|active|enabled|deleted|public|private|archived)$/;

/** Flags and states that most rows have. */
const common = /^(?!in|un).*(active|public|publish|visible|enabled|approved|confirmed|paid|valid|listed|open|complete|done)/;

/** Whether a table is one of few rows, told by its name. */
export function isSmallTable(table: string): boolean {
  return small.test(table);
}

/** Tables whose rows people bring: those of people and organisations, and those that belong to them along any number of owners. */
export const growingTables = perProject((project): ReadonlySet<string> => {
  const growing = new Set<string>();
  const schemas = [...project.schemas.values()].filter((schema) => schema.table !== null && !small.test(schema.table));
  const isOwned = (schema: Schema): boolean =>
    schema.associations.some(
      ({ cardinality, name, schema: owner }) =>
        cardinality === "belongs_to" && (owning.test(name) || growing.has(project.schemas.get(owner ?? "")?.table ?? "")),
    );
  for (let before = -1; before !== growing.size;) {
    before = growing.size;
    for (const schema of schemas) if (schema.table !== null && (people.test(schema.table) || isOwned(schema))) growing.add(schema.table);
  }
  return growing;
});

/** Whether conditions leave the rows of one owner, of given keys or of a search: the result no longer grows with the whole table. */
export function isNarrowed(query: RunQuery, project: Project): boolean {
  return query.filters.some(({ source, column, operator, value, always }) => {
    if (!always || operator === "!=" || operator === "is_nil") return false;
    if (isFlag(value)) return !common.test(column) && !/false/.test(value?.kind === "literal" ? value.value : "");
    const fixed = value?.kind === "operator" ? (value.operands[0] ?? value) : value;
    if (fixed?.kind === "literal") return !common.test(fixed.value);
    const schema = project.schemas.get(query.sources[source]?.schema ?? "");
    const type = schema?.fields.find((field) => field.name === column)?.type ?? "";
    return !flatName.test(column) && !/boolean|Enum|Status/.test(type);
  });
}

/** `where: user.admin`, `admin: true`: a flag that marks few rows leaves few. */
function isFlag(value: Expression | null): boolean {
  return value === null || (value.kind === "literal" && value.type === "boolean");
}
