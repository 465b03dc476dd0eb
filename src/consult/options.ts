import type { Option } from "../model/intervention.js";
import { severityRank } from "../model/finding.js";
import type { Matter, Raised } from "./matter.js";
import { problemNumbers } from "./matter.js";

/** The three ways to go on, each a wider circle than the one before; none when there is no problem. */
export function optionsOf(matter: Matter): Option[] {
  if (matter.raised.length === 0) return [];
  const worst = Math.min(...matter.raised.map(rankOf));
  const urgent = matter.raised.filter((raised) => rankOf(raised) <= Math.max(worst, severityRank("critical")));
  const serious = matter.raised.filter((raised) => rankOf(raised) <= Math.max(worst, severityRank("medium")));
  const minimal = option("minimal", urgent, matter, (kind) => kind !== "test");
  const recommended = option("recommended", serious, matter, () => true);
  const complete = option("complete", matter.raised, matter, () => true);
  return [
    minimal,
    recommended,
    same(recommended, complete) ? { ...complete, summary: "The same as recommended here: nothing is left beyond it." } : complete,
  ];
}

function rankOf({ problem }: Raised): number {
  return severityRank(problem.severity);
}

function option(
  name: Option["name"],
  raised: readonly Raised[],
  matter: Matter,
  takes: (kind: Matter["patches"][number]["kind"]) => boolean,
): Option {
  const problems = raised.map(({ problem }) => problem);
  const fingerprints = new Set(problems.flatMap((problem) => problem.finding ?? []));
  const patches = matter.patches.flatMap((patch, index) =>
    takes(patch.kind) && patch.findings.some((fingerprint) => fingerprints.has(fingerprint)) ? [index] : [],
  );
  const changes =
    patches.length === 0 ? "by hand, no patch is ready" : patches.length === 1 ? "1 patch is ready" : `${patches.length} patches are ready`;
  return {
    name,
    problems: problems.map((problem) => problem.id),
    patches,
    summary: `${scope[name]}: ${problemNumbers(problems)}; ${changes}.`,
  };
}

const scope = {
  minimal: "Only the most severe",
  recommended: "Everything that costs you something, with tests",
  complete: "Everything found",
} as const;

function same(left: Option, right: Option): boolean {
  return left.problems.join() === right.problems.join() && left.patches.join() === right.patches.join();
}

/** The question every intervention ends with: Guard asks, a person decides. */
export function closingQuestion(matter: Matter, options: readonly Option[]): string {
  const recommended = options.find((candidate) => candidate.name === "recommended");
  if (recommended === undefined) return "Nothing has to be changed. Is there a part of it you want looked at more closely?";
  const problems = matter.raised.map(({ problem }) => problem).filter((problem) => recommended.problems.includes(problem.id));
  const action =
    recommended.patches.length === 0
      ? "plan the recommended change"
      : `prepare the recommended ${recommended.patches.length === 1 ? "patch" : "patches"}`;
  const others = options
    .filter((candidate) => candidate !== recommended && !same(candidate, recommended))
    .map((candidate) => candidate.name);
  const instead = others.length === 0 ? "" : `, or do you prefer the ${others.join(" or the ")} option`;
  return `Shall I ${action} for ${problemNumbers(problems)}${instead}? Nothing is changed until you say so.`;
}
