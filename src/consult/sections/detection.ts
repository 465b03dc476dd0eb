import { severities } from "../../model/finding.js";
import type { Problem } from "../../model/intervention.js";
import type { Project } from "../../model/project.js";
import { functionAt } from "../../project/function-at.js";
import type { ComposeSection, Raised } from "../matter.js";
import { linesWithInvisible } from "../model-copy.js";
import { omitted, said } from "../matter.js";

/** What was found, at a glance: every problem with its place, the thresholds reached, what nobody can see in the text. */
export const composeDetection: ComposeSection = ({ raised, fired, consultation, claude }) => {
  const invisible = consultation.sources.flatMap((source) => {
    const lines = linesWithInvisible(source.text);
    return lines.length === 0
      ? []
      : [
          `\`${source.path}\` holds characters that can't be seen, on ${lines.length === 1 ? "line" : "lines"} ${lines.slice(0, 10).join(", ")}.`,
        ];
  });
  if (raised.length === 0 && invisible.length === 0) return omitted("No problem was found.");
  const thresholds = fired.length === 0 ? "" : `Thresholds reached:\n${fired.map((sentence) => `- ${sentence}`).join("\n")}`;
  return said(
    raised.length === 0 ? "" : `${countsOf(raised)}\n\n${table(raised, consultation.project)}`,
    claude === null || claude.summary === "" ? "" : `Claude's summary: ${claude.summary}`,
    invisible.join("\n"),
    thresholds,
  );
};

function countsOf(raised: readonly Raised[]): string {
  const counts = severities.flatMap((severity) => {
    const amount = raised.filter(({ problem }) => problem.severity === severity).length;
    return amount === 0 ? [] : [`${amount} ${severity}`];
  });
  return `${raised.length} ${raised.length === 1 ? "problem" : "problems"}: ${counts.join(", ")}.`;
}

const seenBy = { detector: "detector", claude: "Claude", both: "detector and Claude" } as const;

function table(raised: readonly Raised[], project: Project): string {
  const rows = raised.map(({ problem, finding }) => {
    const kind = finding === null ? "–" : finding.trigger.replaceAll("_", " ");
    const enclosing = finding?.enclosing ?? definitionAt(project, problem.place);
    return `| ${problem.id} | ${problem.severity} | ${kind} | \`${problem.place.path}:${problem.place.line}\` | \`${enclosing}\` | ${seenBy[problem.origin]} |`;
  });
  return ["| # | severity | kind | place | in | seen by |", "|---|---|---|---|---|---|", ...rows].join("\n");
}

/** The function a line stands in, else its file. */
function definitionAt(project: Project, { path, line }: Problem["place"]): string {
  const end = (project.files.get(path)?.lineStarts[line] ?? 1) - 1;
  const span = { start: end, end };
  return functionAt(project, path, span)?.id ?? path;
}
