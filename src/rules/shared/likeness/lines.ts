import type { Project, ProjectFunction } from "../../../model/project.js";
import { positionOf } from "../../../model/span.js";

/** Lines a function takes, from its first clause to the end of its last. */
export function linesOfFunction({ path, facts }: ProjectFunction, project: Project): number {
  const starts = project.files.get(path)?.lineStarts ?? [];
  return positionOf(starts, facts.span.end).line - positionOf(starts, facts.span.start).line + 1;
}
