import type { AuditedFinding } from "../model/audit.js";
import type { Decision } from "../model/decision.js";
import type { DescribedFinding, Finding } from "../model/finding.js";
import type { Project } from "../model/project.js";
import { codeHash } from "../rules/fingerprint.js";

/** The code a finding is about: its whole function, else (in a schema, a router, a configuration) its own text. */
function codeUnder(finding: Finding, project: Project, textOf: (path: string) => string | null): string {
  const definition = project.functions.get(finding.enclosing);
  const text = definition?.path === finding.location.path ? textOf(definition.path) : null;
  return definition === undefined || text === null ? finding.text : text.slice(definition.facts.span.start, definition.facts.span.end);
}

/** What a decision about this finding is tied to: it holds until the hash of the code under it changes. */
export function anchorOf(finding: Finding, project: Project, textOf: (path: string) => string | null): Decision["anchor"] {
  const { path, line } = finding.place;
  return { path, line, enclosing: finding.enclosing, codeHash: codeHash(codeUnder(finding, project, textOf)) };
}

/** Findings with the decision that covers each, the narrowest first; one about code that has changed since does not count. */
export function applyDecisions(
  findings: readonly DescribedFinding[],
  decisions: readonly Decision[],
  project: Project,
  textOf: (path: string) => string | null,
): AuditedFinding[] {
  const newestFirst = [...decisions].sort((left, right) => right.at - left.at);
  return findings.map((finding) => {
    const hash = newestFirst.length === 0 ? "" : anchorOf(finding, project, textOf).codeHash;
    const covering = (["finding", "file", "repository"] as const).flatMap((kind) =>
      newestFirst.filter((decision) => decision.scope.kind === kind && covers(decision, finding, hash)),
    );
    return { ...finding, decision: covering[0] ?? null };
  });
}

function covers({ scope, anchor }: Decision, finding: Finding, hash: string): boolean {
  switch (scope.kind) {
    case "finding":
      return scope.fingerprint === finding.fingerprint && anchor.codeHash === hash;
    case "file":
      return scope.path === finding.place.path && scope.rule === finding.rule;
    case "repository":
      return scope.rule === finding.rule;
  }
}
