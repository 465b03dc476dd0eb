import type { FunctionId, Project } from "../model/project.js";

/** Functions of the project that one leads to in at most so many calls: itself first, then the nearest. */
export function reachOf(id: FunctionId, project: Project, calls: number): FunctionId[] {
  const seen = new Set([id]);
  let frontier = [id];
  for (let step = 0; step < calls; step += 1) {
    const next = frontier.flatMap((caller) => (project.calls.get(caller) ?? []).map(({ callee }) => callee));
    frontier = [...new Set(next)].filter((callee) => !seen.has(callee));
    for (const callee of frontier) seen.add(callee);
  }
  return [...seen];
}
