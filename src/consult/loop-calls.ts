import type { AuditedFinding } from "../model/audit.js";
import type { Effect, Project } from "../model/project.js";
import { contains } from "../model/span.js";
import type { Span } from "../model/span.js";
import { effectsWithin } from "../project/effects-of.js";
import { functionAt } from "../project/function-at.js";
import { loopsIn } from "../project/loops-in.js";

/** How often a loop goes to the database, counted in the code. */
export interface LoopCalls {
  /** Places inside the loop's body that ask the database, each once per element. */
  readonly perElement: number;
  /** The call that loads the elements, when that asks the database too. */
  readonly loadedBy: string | null;
}

/** Counts the database calls of the innermost loop around a finding; null when it stands in none that can be read. */
export function loopCallsOf(project: Project, finding: AuditedFinding, effect: Effect): LoopCalls | null {
  const { path, span } = finding.location;
  const around = functionAt(project, path, span);
  const body = around?.facts.clauses.find((clause) => contains(clause.span, span))?.body ?? null;
  if (around === null || body === null) return null;
  const loop = loopsIn(body).findLast((site) => contains(site.body.span, span));
  if (loop === undefined) return null;
  const sites = (within: Span, of: Effect) =>
    effectsWithin(project, around.id, within).filter((site) => site.effect === of && !site.deferred);
  const places = new Set(sites(loop.body.span, effect).map((site) => site.span.start));
  const loading = loop.source === null ? undefined : sites(loop.source.span, "query")[0];
  return { perElement: Math.max(1, places.size), loadedBy: loading?.call ?? null };
}
