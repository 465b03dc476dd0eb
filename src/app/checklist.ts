import type { ChecklistItem } from "../model/audit.js";
import type { Checklist } from "../model/checklist.js";
import type { Facts, Language } from "../model/facts.js";
import type { Project } from "../model/project.js";
import { outlineOfBody, outlineOfClause, type OutlinedCall } from "../model/outline.js";
import { positionOf, type Span } from "../model/span.js";

type Evidence = ChecklistItem["evidence"][number];
type TextOf = (path: string) => string | null;

const shownPlaces = 3;
const elixir: ReadonlySet<Language> = new Set(["elixir", "heex", "eex"] as const);

/** What the project as a whole has or lacks, each with up to three places that say so. Nothing of a project in other languages: the list knows Elixir's libraries. */
export function checkProject(project: Project, textOf: TextOf, checklist: Checklist): ChecklistItem[] {
  const files = [...project.files.values()];
  if (files.length > 0 && !files.some(({ language }) => elixir.has(language))) return [];
  const builds = files.filter(({ path }) => /(^|\/)mix\.exs$/.test(path));
  const sources = files.filter(({ path }) => !/(^|\/)test\//.test(path) && !path.endsWith(".exs"));
  const used = usedIn(sources, checklist);
  return checklist.items.map(({ item, dependencies, routes, plugs = [], tables = [] }) => {
    const evidence = [
      ...builds.flatMap((file) => dependencies.flatMap((name) => dependencyLine(file, textOf, name))),
      ...served(project, routes),
      ...plugged(project, plugs),
      ...kept(project, tables),
      ...(used.get(item) ?? []),
    ].slice(0, shownPlaces);
    return { item, present: evidence.length > 0, evidence };
  });
}

function dependencyLine(file: Facts, textOf: TextOf, name: string): Evidence[] {
  const written = new RegExp(`\\{\\s*:${name}\\s*,`).exec(textOf(file.path) ?? "");
  if (written === null || isInComment(file, written.index)) return [];
  return [{ path: file.path, line: positionOf(file.lineStarts, written.index).line, note: `depends on ${name}` }];
}

function served(project: Project, routes: readonly string[]): Evidence[] {
  return project.routes.flatMap(({ path: served, router, span }) => {
    const last = served.split("/").findLast((segment) => segment !== "");
    const file = project.files.get(project.modules.get(router)?.path ?? "");
    if (last === undefined || file === undefined || !routes.includes(last)) return [];
    return [{ path: file.path, line: positionOf(file.lineStarts, span.start).line, note: `${router} serves ${served}` }];
  });
}

function plugged(project: Project, plugs: readonly string[]): Evidence[] {
  const named = project.routers.flatMap(({ module, pipelines }) =>
    [...pipelines].flatMap(([pipeline, way]) => way.map((plug) => ({ module, pipeline, plug }))),
  );
  return named.flatMap(({ module, pipeline, plug }) => {
    const file = plugs.includes(plug.name) ? project.files.get(plug.path) : undefined;
    if (file === undefined) return [];
    return [
      { path: plug.path, line: positionOf(file.lineStarts, plug.span.start).line, note: `:${pipeline} of ${module} has ${plug.name}` },
    ];
  });
}

function kept(project: Project, tables: readonly string[]): Evidence[] {
  return [...project.schemas.values()].flatMap(({ module, table, path, span }) => {
    const file = table !== null && tables.includes(table) ? project.files.get(path) : undefined;
    if (file === undefined) return [];
    return [{ path, line: positionOf(file.lineStarts, span.start).line, note: `${module} is kept in ${table ?? ""}` }];
  });
}

/** Up to three places in code for each item, in one pass over what is called and used. */
function usedIn(files: readonly Facts[], { items }: Checklist): ReadonlyMap<string, readonly Evidence[]> {
  const called = new Map(items.flatMap(({ item, calls }) => calls.map((name) => [name, item] as const)));
  const used = new Map(items.flatMap(({ item, uses }) => uses.map((name) => [name, item] as const)));
  const calledModules = new Set([...called.keys()].map((name) => name.slice(0, name.lastIndexOf("."))));
  const isListed = ({ module: name }: OutlinedCall): boolean => name !== null && calledModules.has(name);
  const found = new Map(items.map(({ item }) => [item, [] as Evidence[]]));
  for (const file of files) {
    const note = (item: string | undefined, name: string, span: Span): void => {
      const places = found.get(item ?? "");
      if (places === undefined || places.length >= shownPlaces) return;
      places.push({ path: file.path, line: positionOf(file.lineStarts, span.start).line, note: `uses ${name}` });
    };
    for (const module of file.modules) {
      const body = outlineOfBody(module);
      for (const { module: name, span } of module.uses) note(used.get(name), name, span);
      for (const { name, span } of body.modules) note(used.get(name), name, span);
      const clauses = module.functions.flatMap(({ clauses: written }) => written);
      const inBody = body.distinct.some(isListed) ? [body] : [];
      for (const { calls } of [...inBody, ...clauses.map(outlineOfClause)]) {
        for (const { module: name, function: of, span } of calls) {
          if (name !== null && calledModules.has(name)) note(called.get(`${name}.${of}`), `${name}.${of}`, span);
        }
      }
    }
  }
  return found;
}

function isInComment(file: Facts, offset: number): boolean {
  return file.comments.some(({ span }) => span.start <= offset && offset < span.end);
}
