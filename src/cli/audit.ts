import { analyse } from "../app/analyse.js";
import { reportAudit } from "../app/audit.js";
import type { AuditReport } from "../model/audit.js";
import type { OpenedTree } from "../model/tree.js";
import { auditJson } from "../reply/json.js";
import { auditJunit } from "../reply/junit.js";
import { auditMarkdown } from "../reply/markdown.js";
import { auditSarif } from "../reply/sarif.js";
import { auditTerminal } from "../reply/terminal.js";
import type { Rule } from "../rules/define.js";
import { rules } from "../rules/registry.js";
import type { ReadBaseline } from "./baseline.js";
import { catalogue } from "./catalogue.js";
import type { Console } from "./console.js";
import type { AuditFlags } from "./flags.js";
import { readCoverage } from "./coverage.js";
import { couldNot, json, ran, type Outcome } from "./outcome.js";
import { openTreeOf, repositoryOf } from "./repository.js";
import { withSession, type Session } from "./session.js";
import { readTool } from "./tool.js";
import { unknownRule } from "./unknown-rule.js";

/** `guard audit`: the whole project; exits 1 when something at or over --fail-on is open. */
export async function auditCommand(location: string, flags: AuditFlags, console: Console): Promise<Outcome> {
  const chosen = chooseRules(flags.only);
  if (chosen.kind === "unknown") return couldNot(chosen.sentence);
  const baseline = await readKnown(flags.baseline);
  if (baseline.kind === "failed") return couldNot(baseline.sentence);
  const covered = await readCoverage(flags.coverage);
  if (covered.kind === "failed") return couldNot(covered.sentence);
  return withSession(console, { useCache: flags.cache }, async (session) => {
    const opened = await openTrees(location, flags, session, console.signal);
    if (opened.kind === "failed") return couldNot(opened.sentence);
    const { tree, since, repository } = opened;
    const analysis = await analyse(tree, session.analysis, {
      ...{ report: console.report, signal: console.signal, rules: chosen.rules },
      decisions: await session.memory.decisionsFor(repository),
      ...(since === null ? {} : { since }),
      ...(covered.coverage === null ? {} : { coverage: covered.coverage }),
    });
    if (analysis.audit.filesRead === 0)
      console.warn(`No source that Guard reads was found in ${tree.root}: check that it is the project's folder.`);
    const report = reportAudit(analysis, {
      ...{ tool: readTool(), failOn: flags.failOn, baseline: baseline.fingerprints, minimumSeverity: flags.minSeverity },
      minimumConfidence: flags.all ? "possible" : flags.minConfidence,
    });
    return ran(render(report, flags, console), report.findings.some(({ fails }) => fails) ? 1 : 0);
  });
}

function render(report: AuditReport, { format }: AuditFlags, console: Console): string {
  switch (format) {
    case "pretty":
      return auditTerminal(report, console);
    case "markdown":
      return auditMarkdown(report);
    case "json":
      return json(auditJson(report));
    case "sarif":
      return json(auditSarif(report, catalogue()));
    case "junit":
      return auditJunit(
        report,
        rules.map(({ id }) => id),
      );
  }
}

function chooseRules(
  only: readonly string[] | undefined,
): { kind: "chosen"; rules: readonly Rule[] } | { kind: "unknown"; sentence: string } {
  if (only === undefined) return { kind: "chosen", rules };
  const ids = rules.map(({ id }) => id);
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown === undefined) return { kind: "chosen", rules: rules.filter(({ id }) => only.includes(id)) };
  return { kind: "unknown", sentence: unknownRule(unknown) };
}

interface OpenedTrees {
  readonly kind: "opened";
  readonly tree: Extract<OpenedTree, { kind: "opened" }>["tree"];
  readonly since: Extract<OpenedTree, { kind: "opened" }>["tree"] | null;
  readonly repository: string;
}

async function openTrees(
  location: string,
  { ref, since }: AuditFlags,
  { configuration, openTree }: Session,
  signal: AbortSignal,
): Promise<OpenedTrees | Extract<OpenedTree, { kind: "failed" }>> {
  const repository = repositoryOf(location, configuration);
  const now = await openTreeOf(repository, ref ?? null, openTree, signal);
  if (now.kind === "failed") return now;
  const before = since === undefined ? null : await openTreeOf(repository, since, openTree, signal);
  if (before?.kind === "failed") return before;
  return { kind: "opened", tree: now.tree, since: before?.tree ?? null, repository: repository.name };
}

async function readKnown(path: string | undefined): Promise<ReadBaseline> {
  if (path === undefined) return { kind: "read", fingerprints: new Set() };
  const { readBaseline } = await import("./baseline.js");
  return readBaseline(path);
}
