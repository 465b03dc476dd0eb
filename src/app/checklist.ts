import type { ChecklistItem } from "../model/audit.js";
import type { Checklist } from "../model/checklist.js";
import type { Facts } from "../model/facts.js";
import type { Project } from "../model/project.js";
import { positionOf } from "../model/span.js";

type Evidence = ChecklistItem["evidence"][number];
type TextOf = (path: string) => string | null;

const shownPlaces = 3;

/** What the project as a whole has or lacks, each with up to three places that say so. */
export function checkProject(project: Project, textOf: TextOf, checklist: Checklist): ChecklistItem[] {
  const files = [...project.files.values()];
  const builds = files.filter(({ path }) => /(^|\/)mix\.exs$/.test(path));
  const sources = files.filter(({ path }) => !/(^|\/)test\//.test(path) && !path.endsWith(".exs"));
  return checklist.items.map(({ item, dependencies, code, routes }) => {
    const evidence = [
      ...builds.flatMap((file) => dependencies.flatMap((name) => dependencyLine(file, textOf, name))),
      ...served(project, routes),
      ...used(sources, textOf, code),
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

function used(files: readonly Facts[], textOf: TextOf, code: readonly string[]): Evidence[] {
  const found: Evidence[] = [];
  for (const file of files) {
    const text = textOf(file.path) ?? "";
    for (const written of code) {
      const at = text.indexOf(written);
      if (at === -1 || isInComment(file, at)) continue;
      found.push({ path: file.path, line: positionOf(file.lineStarts, at).line, note: `uses ${written.replace(/\($/, "")}` });
    }
    if (found.length >= shownPlaces) break;
  }
  return found;
}

function isInComment(file: Facts, offset: number): boolean {
  return file.comments.some(({ span }) => span.start <= offset && offset < span.end);
}
