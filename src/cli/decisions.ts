import { userInfo } from "node:os";
import { analyse } from "../app/analyse.js";
import { anchorOf } from "../app/apply-decisions.js";
import type { AuditedFinding } from "../model/audit.js";
import type { Decision, DecisionScope, Verdict } from "../model/decision.js";
import { day } from "../reply/text.js";
import { createPaint } from "../reply/terminal.js";
import type { Console } from "./console.js";
import type { DecideFlags, ListFormat } from "./flags.js";
import { couldNot, json, ran, type Outcome } from "./outcome.js";
import { openTreeOf, repositoryOf } from "./repository.js";
import { withSession } from "./session.js";

/** `guard decisions`: what the team decided, newest first. */
export async function decisionsCommand(query: string, format: ListFormat, console: Console): Promise<Outcome> {
  return withSession(console, { useCache: false }, async ({ memory }) => {
    const decisions = await memory.searchDecisions(query);
    if (format === "json") return ran(json({ schema: 1, decisions }));
    if (decisions.length === 0) return ran(query === "" ? "Nothing was decided yet.\n" : `No decision has all of: ${query}\n`);
    const paint = createPaint(console.colour);
    return ran(`${decisions.map((decision) => decisionLines(decision, paint)).join("\n\n")}\n`);
  });
}

function decisionLines(decision: Decision, paint: ReturnType<typeof createPaint>): string {
  const { rule, verdict, reason, byName, at, scope, anchor, repository, permalink } = decision;
  const place = scope.kind === "repository" ? "everywhere" : scope.kind === "file" ? scope.path : `${anchor.path}:${anchor.line}`;
  return [
    `${paint.bold(verdict)} ${paint.cyan(rule)} ${place}`,
    `  ${reason}`,
    paint.dim(`  ${byName}, ${day(at)}, ${repository}${permalink === null ? "" : `, ${permalink}`}`),
  ].join("\n");
}

/** `guard decide`: settles a finding of the project as it stands, named by its fingerprint or the beginning of it. */
export async function decideCommand(fingerprint: string, verdict: Verdict, flags: DecideFlags, console: Console): Promise<Outcome> {
  return withSession(console, { useCache: true }, async (session) => {
    const repository = repositoryOf(flags.repo, session.configuration);
    const opened = await openTreeOf(repository, flags.ref ?? null, session.openTree, console.signal);
    if (opened.kind === "failed") return couldNot(opened.sentence);
    const { signal, report } = console;
    const { project, audit, textOf } = await analyse(opened.tree, session.analysis, { signal, report });
    const [finding, ...others] = audit.findings.filter((candidate) => candidate.fingerprint.startsWith(fingerprint));
    if (finding === undefined) {
      return couldNot(`No finding has the fingerprint ${fingerprint}: \`guard audit ${flags.repo} --all\` shows them.`);
    }
    if (others.length > 0) return couldNot(`${others.length + 1} findings begin with ${fingerprint}: give more of the fingerprint.`);
    const name = userInfo().username;
    const decision = await session.memory.decide({
      ...{ repository: repository.name, rule: finding.rule, scope: scopeOf(flags.scope, finding), verdict, reason: flags.reason },
      ...{ by: `cli:${name}`, byName: name, permalink: null, anchor: anchorOf(finding, project, textOf) },
    });
    return ran(`${decisionLines(decision, createPaint(console.colour))}\n`);
  });
}

function scopeOf(kind: DecisionScope["kind"], { rule, fingerprint, place }: AuditedFinding): DecisionScope {
  switch (kind) {
    case "finding":
      return { kind, fingerprint };
    case "file":
      return { kind, path: place.path, rule };
    case "repository":
      return { kind, rule };
  }
}
