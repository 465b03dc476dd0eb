import type { Call, Expression } from "../../model/expression.js";
import type { CallSite, FunctionId, Location, Project } from "../../model/project.js";
import { contains, type Span } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { effectsOf } from "../../project/effects-of.js";
import { findFunction } from "../../project/find-function.js";
import { repositoryCall } from "../../project/repository-call.js";
import { perProject } from "./per-project.js";

const deepest = 6;
const multiSteps = /^(run|insert|update|delete|insert_or_update|insert_all|update_all|delete_all|merge|each)$/;

/** Functions given to the repository to be run as one: by `Repo.transaction`, by `Ecto.Multi.run`, or by the project's own wrapper around them. */
export function transactionSpansIn(body: Expression, module: string, project: Project): Span[] {
  return collect(body, "call").flatMap((call) => {
    const given = call.arguments.filter((argument) => argument.kind === "lambda" || argument.kind === "capture");
    return given.length > 0 && opensTransaction(call, module, project) ? given.map(({ span }) => span) : [];
  });
}

function opensTransaction(call: Call, module: string, project: Project): boolean {
  if (call.module === "Ecto.Multi" || call.module === "Multi") return multiSteps.test(call.function);
  if (repositoryCall(project, call)?.operation === "transaction") return true;
  const target = call.subject === null ? findFunction(project, call.module ?? module, call.function, call.arguments.length) : null;
  return target !== null && effectsOf(project, target.id).has("transaction");
}

/** Whether a place lies in a transaction: one opened around it, or around every call that leads to its function. */
export function isInTransaction(project: Project, id: FunctionId, at: Location, depth = 0): boolean {
  return isWrapped(project, id, at.span) || runsInTransaction(project, id, depth);
}

function isWrapped(project: Project, id: FunctionId, span: Span): boolean {
  return spansOf(project, id).some((around) => contains(around, span));
}

/** Whether everybody who calls a function does so inside a transaction, or it is a step of a Multi. */
export function runsInTransaction(project: Project, id: FunctionId, depth = 0): boolean {
  const known = judged(project);
  const earlier = known.get(id);
  if (earlier !== undefined) return earlier;
  if (depth > deepest) return false;
  known.set(id, false);
  const sites = (project.callers.get(id) ?? []).filter((site) => site.caller !== id && !/(^|\/)test\//.test(site.path));
  const answer =
    isMultiStep(project, id) || (sites.length > 0 && sites.every((site) => isInTransaction(project, site.caller, site, depth + 1)));
  known.set(id, answer);
  return answer;
}

/** A place inside a transaction from which a function is called, along any of its callers; null when none is known. */
export function transactionLeadingTo(project: Project, id: FunctionId): CallSite | null {
  const seen = new Set<FunctionId>([id]);
  let frontier: FunctionId[] = [id];
  for (let depth = 0; depth < deepest && frontier.length > 0; depth += 1) {
    const sites = frontier.flatMap((callee) => project.callers.get(callee) ?? []).filter((site) => !/(^|\/)test\//.test(site.path));
    const within = sites.find(
      (site) => !site.deferred && (isWrapped(project, site.caller, site.span) || isMultiStep(project, site.caller)),
    );
    if (within !== undefined) return within;
    frontier = [...new Set(sites.map(({ caller }) => caller))].filter((caller) => !seen.has(caller));
    for (const caller of frontier) seen.add(caller);
  }
  return null;
}

/** `def charge(repo, changes)`: whoever names a parameter so is called by a Multi. */
function isMultiStep(project: Project, id: FunctionId): boolean {
  const clauses = project.functions.get(id)?.facts.clauses ?? [];
  return clauses.some(({ parameters: [first] }) => first?.kind === "variable" && /^_?repo$/.test(first.name));
}

const judged = perProject(() => new Map<FunctionId, boolean>());
const spans = perProject(() => new Map<FunctionId, Span[]>());

function spansOf(project: Project, id: FunctionId): readonly Span[] {
  const known = spans(project);
  const earlier = known.get(id);
  if (earlier !== undefined) return earlier;
  const entry = project.functions.get(id);
  const found = entry?.facts.clauses.flatMap(({ body }) => (body === null ? [] : transactionSpansIn(body, entry.module, project))) ?? [];
  known.set(id, found);
  return found;
}
