import type { Consultation } from "../../model/consultation.js";
import type { Project, Route, Table } from "../../model/project.js";

/** Characters of repository facts sent at most. */
const budget = 24_000;

/**
 * Facts Guard computed about the repository at this commit: names and shapes only, never the repository's own prose.
 * The same for every review of one commit, so that it is cached.
 */
export function repositoryFacts(consultation: Consultation): string {
  const { project } = consultation;
  const parts = [
    `Facts computed by Guard about the repository ${name(consultation.repository)} at ${consultation.commit ?? "its working tree"}.`,
    list(
      "Dependencies",
      [...project.dependencies].map(([dependency, requirement]) => `${name(dependency)} ${name(requirement)}`),
    ),
    list("Repositories (Ecto.Repo)", [...project.repositoryModules].map(name)),
    tables(project),
    routes(project),
    list(
      "Processes",
      project.processes.map((process) => `${name(process.module)} (${process.behaviour}, ${supervised(process.supervisedAt.length)})`),
    ),
    list(
      "Modules",
      [...project.modules.values()].map((module) => `${name(module.name)} (${module.role}, ${name(module.path)})`),
    ),
  ];
  const text = parts.filter((part) => part !== "").join("\n\n");
  return text.length <= budget ? text : `${text.slice(0, text.lastIndexOf("\n", budget))}\n[the rest is not shown]`;
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0
    ? ""
    : `${title}:\n${[...items]
        .sort()
        .map((item) => `- ${item}`)
        .join("\n")}`;
}

/** Names come from strangers too: only characters names are made of, none of them a space that would make a sentence, and not at length. */
function name(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, "_")
    .replace(/[^\w.:/!?@~<>=*-]/g, "")
    .slice(0, 120);
}

function supervised(places: number): string {
  return places === 0 ? "not found under a supervisor" : "supervised";
}

function tables(project: Project): string {
  if (project.database.migrations === 0) return "No migrations were found: nothing is known about the database.";
  return list("Database, migrations replayed", [...project.database.tables.values()].map(describeTable));
}

/** One table on one line: columns, then indexes. */
export function describeTable(table: Table): string {
  const columns = [...table.columns.values()].map((column) => {
    const references = column.references === null ? "" : ` -> ${name(column.references.table)}`;
    return `${name(column.name)} ${name(column.type)}${column.nullable ? "" : " not null"}${references}`;
  });
  const indexes = table.indexes.map((index) => `${index.unique ? "unique " : ""}(${index.columns.map(name).join(", ")})`);
  return `${name(table.name)}: ${columns.join("; ")} | indexes: ${indexes.length === 0 ? "none" : indexes.join(" ")}`;
}

function routes(project: Project): string {
  return list("Routes", project.routes.map(describeRoute));
}

/** One route on one line: verb, path, where it leads and the plugs on its way. */
export function describeRoute(route: Route): string {
  const action = route.action === null ? "" : ` ${name(route.action)}`;
  return `${route.verb} ${name(route.path)} ${name(route.module)}${action} through ${route.plugs.map((plug) => name(plug.name)).join(", ") || "no plugs"}`;
}
