import type { AuditReport } from "../model/audit.js";
import type { Intervention } from "../model/intervention.js";
import type { ReplyMessage } from "../model/reply.js";
import { countSentence, leftOut, openFindings, scopeSentence } from "./audit-words.js";
import { context, sections } from "./blocks.js";
import { decidedLine } from "./decided.js";
import { packMessages } from "./messages.js";
import { problemLines, problemWithDecision } from "./problem.js";
import { escape, inlineCode, oneLine, shorten } from "./text.js";

const shownProblems = 5;
const shownLeftOut = 8;

export interface AuditTitle {
  readonly repository: string;
  readonly revision: string | null;
  readonly path: string | null;
}

/** "Audit of shop at main under lib/shop". */
export function auditTitle({ repository, revision, path }: AuditTitle): string {
  return `Audit of ${repository}${revision === null ? "" : ` at ${revision}`}${path === null ? "" : ` under ${path}`}`;
}

/** The root message once the audit is done: counts by severity, areas and scope. */
export function renderAuditSummary(title: AuditTitle, report: AuditReport): ReplyMessage {
  const verdict = `${auditTitle(title)}: ${countSentence(report)}`;
  const open = openFindings(report).map((finding) => finding.area);
  const byArea = [...new Set(open)].map((area) => `${area} ${open.filter((other) => other === area).length}`).join(", ");
  const missing = report.audit.checklist.filter((item) => !item.present).map((item) => item.item);
  return {
    text: shorten(escape(oneLine(verdict)), 3_900),
    blocks: [
      ...sections(`*${escape(shorten(oneLine(verdict), 1_000))}*`),
      ...(byArea === "" ? [] : sections(`By area: ${byArea}`)),
      ...(missing.length === 0 ? [] : sections(`Not found in the project: ${missing.map((item) => escape(oneLine(item))).join(", ")}`)),
      ...context([`${escape(scopeSentence(report))} · details in the thread, the full report as a file`]),
    ],
  };
}

/** The thread under it: the worst problems with buttons, the next ones as lines, settled points, and what was left out. */
export function renderAuditDetails(intervention: Intervention, id: string, report: AuditReport): readonly ReplyMessage[] {
  const shown = intervention.problems.slice(0, shownProblems);
  const next = intervention.problems.slice(shownProblems, shownProblems * 3);
  const hidden = intervention.problems.length - shown.length - next.length;
  return packMessages(intervention.verdict, [
    ...shown.flatMap((problem) => problemWithDecision(problem, id)),
    ...next.flatMap((problem) => sections(problemLines(problem))),
    ...(hidden > 0
      ? context([
          `${shown.length + next.length} of ${intervention.problems.length} problems shown; \`show all\` lists the rest here, the report has them whole.`,
        ])
      : []),
    ...context(intervention.decisions.map(decidedLine)),
    ...leftOutBlocks(report),
  ]);
}

function leftOutBlocks(report: AuditReport): ReturnType<typeof context> {
  const sentences = leftOut(report);
  const shown = sentences.slice(0, shownLeftOut).map((sentence) => escape(shorten(oneLine(sentence), 300)));
  return context(
    sentences.length > shownLeftOut
      ? [...shown, `and ${sentences.length - shownLeftOut} more lines like these, in ${inlineCode("the report")}`]
      : shown,
  );
}
