import type { Project, Table } from "../../model/project.js";
import type { Change, FixInput } from "../define.js";
import { filesOf } from "../define.js";

/** What a new migration does; every line without the indentation of its module. */
export interface Migration {
  /** The table it is about, as the project knows it (`prefix.table`). */
  readonly table: string;
  /** In snake case, after the version. */
  readonly name: string;
  /** Said above the functions: the lock it takes, when to deploy it, what to look at first. */
  readonly notes: readonly string[];
  /** Run outside a transaction and without the migration lock. */
  readonly alone: boolean;
  readonly functions: readonly string[];
}

/** A migration that runs last, in the folder and namespace of the one that made the table; null where the project does not tell them. */
export function newMigration(
  input: FixInput,
  { table, name, notes, alone, functions }: Migration,
): Pick<Change, "path" | "before" | "after"> | null {
  const { project } = input.analysis;
  const made = project.database.tables.get(table);
  const folder = made === undefined ? null : migrationFolder(made.path);
  const version = nextVersion(project, input.earlier);
  const namespace = migrationNamespace(project, folder);
  if (folder === null || version === null || namespace === null) return null;
  const lines = [
    "use Ecto.Migration",
    "",
    ...(alone ? ["@disable_ddl_transaction true", "@disable_migration_lock true", ""] : []),
    ...notes.map((note) => `# ${note}`),
    ...functions,
  ];
  const body = lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n");
  return {
    path: `${folder}/${version}_${name}.exs`,
    before: null,
    after: `defmodule ${namespace}.${camelize(name)} do\n${body}\nend\n`,
  };
}

/** `:orders` with its prefix as an option: what table, index and constraint are told. */
export function nameAndPrefix(table: string): { readonly bare: string; readonly prefix: string } {
  const dot = table.indexOf(".");
  return dot < 0 ? { bare: table, prefix: "" } : { bare: table.slice(dot + 1), prefix: `prefix: "${table.slice(0, dot)}"` };
}

/** A call without parentheses whose options go below it where the line gets too long, as the formatter sets them. */
export function statement(call: string, options: readonly string[], indentation = 4): string[] {
  const given = options.filter((option) => option !== "");
  const line = `${call.replace(/\)$/, "")}${given.map((option) => `, ${option}`).join("")})`;
  if (line.length + indentation <= 98 || given.length === 0) return [line];
  const pad = " ".repeat(call.indexOf(" ") + 3);
  return [
    `${call.replace(/\)$/, "")},`,
    ...given.map((option, index) => `${pad}${option}${index < given.length - 1 ? "," : ""}`),
    `${pad.slice(2)})`,
  ];
}

/** Part of a file or migration name. */
export function wordOf(name: string): string {
  return name.replace(/\W+/g, "_").toLowerCase();
}

/** Whether an index can be built while the table is written to. */
export function buildsConcurrently(project: Project): boolean {
  return project.dependencies.has("postgrex");
}

/** Whether a column of a table is named. */
export function hasColumns(table: Table | undefined, columns: readonly string[]): table is Table {
  return table !== undefined && columns.length > 0 && columns.every((column) => table.columns.has(column));
}

/** The folder the table's own migration lies in; for a dumped structure, the folder beside it. */
function migrationFolder(path: string): string | null {
  if (path.endsWith(".sql")) return `${path.slice(0, path.lastIndexOf("/"))}/migrations`;
  const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  return /(?:^|\/)migrations$/.test(folder) ? folder : null;
}

/** One more than the newest version of the project, so that it runs last whatever the clock says. */
function nextVersion(project: Project, earlier: readonly Change[]): string | null {
  const paths = [...project.files.keys(), ...earlier.flatMap((change) => filesOf(change).map(({ path }) => path))];
  const versions = paths.flatMap((path) => /\/(\d{14})_[^/]+\.exs$/.exec(path)?.[1] ?? []);
  const newest = versions.sort().at(-1);
  return newest === undefined ? null : String(BigInt(newest) + 1n);
}

function migrationNamespace(project: Project, folder: string | null): string | null {
  const names = [...project.modules.values()]
    .filter((module) => folder !== null && module.path.startsWith(`${folder}/`))
    .map((module) => module.name);
  const newest = names.filter((name) => name.includes(".")).at(-1);
  if (newest !== undefined) return newest.slice(0, newest.lastIndexOf("."));
  const [repository] = [...project.repositoryModules];
  return repository === undefined ? null : `${repository}.Migrations`;
}

function camelize(name: string): string {
  return name
    .split("_")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}
