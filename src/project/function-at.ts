import type { Project, ProjectFunction } from "../model/project.js";
import { contains, type Span } from "../model/span.js";

/** The function whose clause holds a span of a file; the template's own function for a template. Null outside any function. */
export function functionAt(project: Project, path: string, span: Span): ProjectFunction | null {
  const candidates = functionsByPath(project).get(path) ?? [];
  const holding = candidates.filter((candidate) => candidate.facts.clauses.some((clause) => contains(clause.span, span)));
  return holding.sort((one, other) => sizeOf(one) - sizeOf(other))[0] ?? null;
}

const remembered = new WeakMap<Project, Map<string, ProjectFunction[]>>();

function functionsByPath(project: Project): Map<string, ProjectFunction[]> {
  const earlier = remembered.get(project);
  if (earlier !== undefined) return earlier;
  const byPath = new Map<string, ProjectFunction[]>();
  for (const entry of project.functions.values()) if (!entry.injected) byPath.set(entry.path, [...(byPath.get(entry.path) ?? []), entry]);
  remembered.set(project, byPath);
  return byPath;
}

function sizeOf(entry: ProjectFunction): number {
  return entry.facts.span.end - entry.facts.span.start;
}
