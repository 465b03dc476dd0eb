import type { Insertable, Selectable } from "kysely";
import type { Decision, DecisionScope, Verdict } from "../../model/decision.js";
import type { Intervention, Problem } from "../../model/intervention.js";
import type { NewDecision, RequestState, StoredIntervention, StoredRequest } from "../../model/memory.js";
import type { DecisionRow, InterventionRow, ProblemRow, RequestRow } from "./tables.js";

export function requestToRow(request: StoredRequest): RequestRow {
  const { id, asker, state, text, payload, at } = request;
  return { id, ...asker, state, text, payload, at };
}

export function requestFromRow(row: RequestRow): StoredRequest {
  const { id, team, channel, user, ts, thread, text, payload, at } = row;
  return { id, asker: { team, channel, user, ts, thread }, state: row.state as RequestState, text, payload, at };
}

export function interventionToRow(stored: StoredIntervention): Insertable<InterventionRow> {
  const { messageTs, intervention, ...columns } = stored;
  return { ...columns, message_ts: messageTs, body: JSON.stringify({ ...intervention, problems: [] }) };
}

export function problemsToRows(stored: StoredIntervention): ProblemRow[] {
  return stored.intervention.problems.map((problem, position) => ({
    intervention: stored.id,
    position,
    rule: problem.rule,
    fingerprint: problem.finding,
    path: problem.place.path,
    line: problem.place.line,
    severity: problem.severity,
    body: JSON.stringify(problem),
  }));
}

export function interventionFromRows(row: Selectable<InterventionRow>, problems: readonly ProblemRow[]): StoredIntervention {
  const { id, request, team, channel, thread, repository, revision, at } = row;
  const body = JSON.parse(row.body) as Intervention;
  const intervention = { ...body, problems: problems.map((problem) => JSON.parse(problem.body) as Problem) };
  return { id, request, team, channel, thread, messageTs: row.message_ts, repository, revision, intervention, at };
}

/** The two columns that identify what a decision covers. */
export function scopeColumns(scope: DecisionScope): { scope_kind: string; scope_key: string } {
  switch (scope.kind) {
    case "finding":
      return { scope_kind: scope.kind, scope_key: scope.fingerprint };
    case "file":
      return { scope_kind: scope.kind, scope_key: scope.path };
    case "repository":
      return { scope_kind: scope.kind, scope_key: "" };
  }
}

export function decisionToRow(decision: NewDecision, id: string, at: number): Insertable<DecisionRow> {
  const { repository, rule, verdict, reason, by, permalink, anchor } = decision;
  return {
    ...{ id, at, repository, rule, verdict, reason, by, permalink },
    ...scopeColumns(decision.scope),
    by_name: decision.byName,
    anchor_path: anchor.path,
    anchor_line: anchor.line,
    anchor_enclosing: anchor.enclosing,
    anchor_hash: anchor.codeHash,
    superseded_by: null,
  };
}

export function decisionFromRow(row: Selectable<DecisionRow>): Decision {
  const { id, repository, rule, reason, by, at, permalink } = row;
  return {
    ...{ id, repository, rule, reason, by, at, permalink },
    scope: scopeFromRow(row),
    verdict: row.verdict as Verdict,
    byName: row.by_name,
    anchor: { path: row.anchor_path, line: row.anchor_line, enclosing: row.anchor_enclosing, codeHash: row.anchor_hash },
  };
}

function scopeFromRow(row: Pick<DecisionRow, "scope_kind" | "scope_key" | "rule">): DecisionScope {
  if (row.scope_kind === "finding") return { kind: "finding", fingerprint: row.scope_key };
  if (row.scope_kind === "file") return { kind: "file", path: row.scope_key, rule: row.rule };
  return { kind: "repository", rule: row.rule };
}
