import { outlineOfClause, type OutlinedCall } from "../../model/outline.js";
import type { FunctionId, Project } from "../../model/project.js";
import type { Definition } from "./definitions.js";

/** The first call of a clause that subscribes its process, itself or within three functions; `leftOut` tells functions not to be followed. */
export function subscriptionIn({ id, clause }: Definition, project: Project, leftOut: (name: string) => boolean): OutlinedCall | undefined {
  return outlineOfClause(clause).calls.find((call) => {
    if (subscribes(call, project)) return true;
    if (!/subscri|listen/.test(call.function)) return false;
    const callee = project.calls.get(id)?.find(({ span }) => span.start === call.span.start)?.callee;
    return callee !== undefined && subscribesAtOnce(callee, project, leftOut, 2);
  });
}

function subscribes({ module, function: name }: OutlinedCall, project: Project): boolean {
  if (name !== "subscribe" || module === null) return false;
  return module === "Phoenix.PubSub" || project.modules.get(module)?.role === "endpoint";
}

function subscribesAtOnce(id: FunctionId, project: Project, leftOut: (name: string) => boolean, depth: number): boolean {
  const outlines = (project.functions.get(id)?.facts.clauses ?? []).map(outlineOfClause);
  if (outlines.some(({ calls }) => calls.some(({ function: name }) => leftOut(name)))) return false;
  if (outlines.some(({ calls }) => calls.some((call) => subscribes(call, project)))) return true;
  return (
    depth > 0 && (project.calls.get(id) ?? []).some((site) => !site.deferred && subscribesAtOnce(site.callee, project, leftOut, depth - 1))
  );
}
