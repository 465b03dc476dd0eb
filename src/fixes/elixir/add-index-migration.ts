import type { Project } from "../../model/project.js";
import type { Change, ProposeChange } from "../define.js";

/** A new migration that builds the missing index; on PostgreSQL concurrently, so that the table stays writable. */
export const addIndexMigration: ProposeChange = (finding, input) => {
  const table = finding.slots["table"];
  const column = finding.slots["column"];
  if (typeof table !== "string" || typeof column !== "string") return null;
  const { project } = input.analysis;
  const folder = migrationFolder(finding.place.path);
  const version = nextVersion(project, input.earlier);
  const namespace = migrationNamespace(project, folder);
  if (folder === null || version === null || namespace === null) return null;
  const name = `index_${table.replace(/\W+/g, "_")}_${column}`;
  return {
    path: `${folder}/${version}_${name}.exs`,
    before: null,
    after: migration(`${namespace}.${camelize(name)}`, table, column, project.dependencies.has("postgrex")),
    title: `Index \`${table}.${column}\``,
    kind: "migration",
    findings: [finding.fingerprint],
  };
};

function migration(module: string, table: string, column: string, concurrently: boolean): string {
  const [bare = table, prefix = null] = table.includes(".")
    ? [table.slice(table.indexOf(".") + 1), table.slice(0, table.indexOf("."))]
    : [table];
  const options = [prefix === null ? "" : `, prefix: "${prefix}"`, concurrently ? ", concurrently: true" : ""].join("");
  return [
    `defmodule ${module} do`,
    "  use Ecto.Migration",
    "",
    ...(concurrently ? ["  @disable_ddl_transaction true", "  @disable_migration_lock true", ""] : []),
    "  def change do",
    `    create index(:${bare}, [:${column}]${options})`,
    "  end",
    "end",
    "",
  ].join("\n");
}

/** The folder the column's own migration lies in; for a dumped structure, the folder beside it. */
function migrationFolder(path: string): string | null {
  if (path.endsWith(".sql")) return `${path.slice(0, path.lastIndexOf("/"))}/migrations`;
  const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  return /(?:^|\/)migrations$/.test(folder) ? folder : null;
}

/** One more than the newest version of the project, so that it runs last whatever the clock says. */
function nextVersion(project: Project, earlier: readonly Change[]): string | null {
  const paths = [...project.files.keys(), ...earlier.map((change) => change.path)];
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
