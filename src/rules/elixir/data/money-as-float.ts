import type { Column, Location, Project, Schema, SchemaField, Table } from "../../../model/project.js";
import { tableOf } from "../../../project/schema-of.js";
import { defineRule, type Match } from "../../define.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";

type Slots = { fields: string; holder: string; first: string; table: string };

/** Words that mean money wherever they stand. */
const money = /(^|_)(prices?|fees?|salary|salaries|wages?|refunds?|revenue|subtotal|payouts?|payments?|property_tax)$/;
/** Words that mean money beside other words of trade. */
const trade = /(^|_)(amount|total|costs?|balance|credits?|debit|deposit|tax|discount|charge|due|paid|budget|income|earnings|debt)$/;
const currencyEnding = /_(usd|eur|gbp|brl|cad|aud|chf|dollars?|euros?)$/;
const market =
  /invoice|order|payment|billing|transaction|subscription|account|cart|checkout|purchase|sale|wallet|ledger|payroll|expense|quote/;
/** Estimates, statistics and figures that nobody pays. */
const noSum =
  /percent|pct|ratio|rate|score|factor|index|weight|error|_per_|predicted|suggested|estimated?|average|avg|mean|median|stddev|(^|_)(min|max|delta|change|diff)(_|$)|market/;
const floating = /^:?(float|real|double|double precision)$/;

export const moneyAsFloat = defineRule<Slots>({
  id: "money-as-float",
  title: "Money is stored as a floating-point number",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-1339"],
  silencedBy: {},
  match(facts, project) {
    const inSchemas = facts.modules.flatMap((module) => {
      const schema = project.schemas.get(module.name);
      return schema === undefined || !isProduction(facts.path) ? [] : ofSchema(schema, project);
    });
    return [...inSchemas, ...(sumsByPath(project).get(facts.path) ?? []).flatMap(({ table, columns }) => ofTable(table, columns))];
  },
  what: ({ fields, holder }) => `\`${holder}\` keeps money in a binary floating-point type: ${fields}.`,
  why: ({ first }) =>
    `Most decimal fractions have no exact binary form (\`0.1 + 0.2\` is not \`0.3\`), so sums of \`${first}\` drift by cents, two ways of adding the same rows differ, and \`==\` on totals fails.`,
  instead: ({ table, first }) =>
    table === ""
      ? `Make \`${first}\` a \`:decimal\`, or keep whole cents in an \`:integer\`.`
      : `Make it \`:decimal\` in the schema, and in a migration \`alter table(:${table}), do: modify(:${first}, :decimal, precision: 12, scale: 2)\` (the table is rewritten: large ones take a new column, a backfill and a swap), or keep whole cents in an \`:integer\`.`,
  notWhen: [
    "The name says that it is a rate, ratio, percentage, score, estimate, average or bound.",
    "The schema is not stored (embedded, or no migration makes its table), or the field is virtual.",
    "The word can mean something else (`amount`, `total`, `credit`) and neither table nor another field speaks of trade.",
    "The column is a decimal or an integer after every migration.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Invoice do
  use Ecto.Schema

  schema "invoices" do
    field :total, :float
    field :tax_percent, :float
  end
end
`,
      at: "field :total, :float",
      good: `defmodule Shop.Invoice do
  use Ecto.Schema

  schema "invoices" do
    field :total, :decimal
    field :tax_percent, :float
  end
end
`,
    },
  ],
});

function ofSchema(schema: Schema, project: Project): Match<Slots>[] {
  const table = tableOf(project, schema);
  if (schema.table === null || (table === null && project.database.migrations > 0)) return [];
  const names = [schema.table, ...schema.fields.map((field) => field.name)];
  const fields = schema.fields.filter((field) => isSum(field.name, names) && isFloat(field, table));
  return matchOf(fields, schema.module.split(".").slice(-2).join("."), schema.table, table === null ? [] : [table]);
}

/** The schema says so, and the column does not say otherwise. */
function isFloat(field: SchemaField, table: Table | null): boolean {
  const column = table?.columns.get(field.column);
  return !field.virtual && floating.test(field.type) && (column === undefined || floating.test(column.type));
}

function ofTable(table: Table, columns: readonly Column[]): Match<Slots>[] {
  return matchOf(columns, table.name, table.name, []);
}

function matchOf(
  fields: readonly (Location & { readonly name: string })[],
  holder: string,
  table: string,
  tables: readonly Table[],
): Match<Slots>[] {
  const [first] = fields;
  if (first === undefined) return [];
  const names = fields.map((field) => `\`${field.name}\``).join(", ");
  return [
    {
      span: first.span,
      confidence: "likely",
      slots: { fields: names, holder, first: first.name, table },
      evidence: tables.flatMap((stored) => {
        const column = stored.columns.get(first.name);
        return column === undefined ? [] : [{ at: column, note: `the column is ${column.type}` }];
      }),
    },
  ];
}

/** Columns that no schema of the project reads, by the file that made the first of a table. */
const sumsByPath = perProject((project): ReadonlyMap<string, readonly { table: Table; columns: readonly Column[] }[]> => {
  const stored = new Set([...project.schemas.values()].flatMap((schema) => schema.table ?? []));
  const byPath = new Map<string, { table: Table; columns: readonly Column[] }[]>();
  for (const table of project.database.tables.values()) {
    if (stored.has(table.name.split(".").at(-1) ?? "")) continue;
    const names = [table.name, ...table.columns.keys()];
    const columns = [...table.columns.values()].filter((column) => floating.test(column.type) && isSum(column.name, names));
    const [first] = columns;
    if (first !== undefined) byPath.set(first.path, [...(byPath.get(first.path) ?? []), { table, columns }]);
  }
  return byPath;
});

function isSum(name: string, beside: readonly string[]): boolean {
  const bare = name.replace(currencyEnding, "");
  if (noSum.test(name)) return false;
  return (
    money.test(bare) ||
    (trade.test(bare) && (bare !== name || beside.some((other) => other !== name && (market.test(other) || /currency/.test(other)))))
  );
}
