import type { Coverage, LineRuns } from "../model/coverage.js";
import type { Location, Project } from "../model/project.js";
import { positionOf } from "../model/span.js";

/** Coverage by the paths of the project's files: an export names them from its own application's folder, or by the machine it ran on. */
export function coverageByPath(coverage: Coverage, paths: Iterable<string>): Coverage {
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  const found = new Map<string, LineRuns>();
  for (const [written, runs] of coverage) {
    const candidates = byName.get(written.slice(written.lastIndexOf("/") + 1)) ?? [];
    const fitting = candidates.filter((path) => path === written || path.endsWith(`/${written}`) || written.endsWith(`/${path}`));
    const path = fitting.find((candidate) => candidate === written) ?? (fitting.length === 1 ? fitting[0] : undefined);
    if (path !== undefined) found.set(path, runs);
  }
  return found;
}

/** Whether any of the code at a place ran while the tests ran; null where no coverage is given, or it counts no line there. */
export function ranInTests(project: Project, { path, span }: Location): boolean | null {
  const runs = project.coverage?.get(path);
  const starts = project.files.get(path)?.lineStarts;
  if (runs === undefined || starts === undefined) return null;
  const last = positionOf(starts, span.end).line;
  let counted = false;
  for (let { line } = positionOf(starts, span.start); line <= last; line += 1) {
    const count = runs.get(line);
    if (count === undefined) continue;
    if (count > 0) return true;
    counted = true;
  }
  return counted ? false : null;
}
