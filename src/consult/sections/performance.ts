import { comparisonsOf } from "../figures.js";
import type { ComposeSection } from "../matter.js";
import { claudeAdds, omitted, said } from "../matter.js";

/** Before and after, counted in the code: queries, calls waited for, indexes. N stays a symbol, and nothing is timed. */
export const composePerformance: ComposeSection = (matter) => {
  const findings = matter.raised.flatMap(({ finding }) => (finding === null ? [] : [finding]));
  const comparisons = comparisonsOf(matter.consultation, findings);
  const added = claudeAdds(matter, "performance");
  if (comparisons.length === 0)
    return added === "" ? omitted("No problem here changes how many queries run or how long a caller waits.") : said(added);
  const rows = comparisons.map(({ finding, before, after }) => {
    const problem = matter.raised.find((raised) => raised.finding === finding)?.problem.id ?? "";
    return `| ${problem} | ${cell(before.text)} | ${cell(after.text)} |`;
  });
  const derivations = comparisons.map(({ finding, before }) => {
    const problem = matter.raised.find((raised) => raised.finding === finding)?.problem.id ?? "";
    return `- ${problem}: ${before.derivation}.`;
  });
  return said(
    ["| problem | today | after the change |", "|---|---|---|", ...rows].join("\n"),
    `Where the figures come from; nothing was timed:\n${derivations.join("\n")}`,
    added,
  );
};

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
