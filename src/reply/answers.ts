import type { Decision } from "../model/decision.js";
import type { Intervention, Option, Problem, SectionName } from "../model/intervention.js";
import type { ReplyMessage } from "../model/reply.js";
import { context, sections } from "./blocks.js";
import { decidedLine } from "./decided.js";
import { presentSections, sectionLabel } from "./intervention.js";
import { markdownBlocks } from "./markdown-blocks.js";
import { packMessages } from "./messages.js";
import { problemDetails } from "./problem.js";
import { say } from "./say.js";
import { count, day, escape, inlineCode, oneLine, shorten } from "./text.js";

/** "why is 2 critical": the code, what it costs and what makes it true. */
export function renderProblem(problem: Problem): readonly ReplyMessage[] {
  return packMessages(`Problem ${problem.id}: ${problem.title}`, problemDetails(problem));
}

/** "show the migration": one section whole, or why there is none. */
export function renderSection(intervention: Intervention, section: SectionName): readonly ReplyMessage[] {
  const text = intervention.sections[section];
  if (text !== undefined && text.trim() !== "") {
    return packMessages(`${sectionLabel(section)} of the review`, [...sections(`*${sectionLabel(section)}*`), ...markdownBlocks(text)]);
  }
  const reason = intervention.omitted.find((left) => left.section === section)?.reason;
  const others = presentSections(intervention).map((name) => `\`${sectionLabel(name).toLowerCase()}\``);
  const instead = others.length === 0 ? "" : ` There is: ${others.join(", ")}.`;
  return [
    say(
      `This review has no ${sectionLabel(section).toLowerCase()} section${reason === undefined ? "" : `: ${reason.replace(/\.$/, "")}`}.${instead}`,
    ),
  ];
}

/** What "proceed" gives: the patch was attached, and what was checked about it; or that there is none. */
export function renderProceed(intervention: Intervention, option: Option): ReplyMessage {
  const patches = option.patches.flatMap((index) => intervention.patches[index] ?? []);
  const about =
    option.problems.length === 0 ? "" : ` for ${option.problems.length === 1 ? "problem" : "problems"} ${option.problems.join(", ")}`;
  if (patches.length === 0) {
    return say(
      `There is no ready patch for the ${option.name} option; the fix${about} is described under each problem, and \`show the code\` has what Guard wrote.`,
    );
  }
  const lines = patches.map(
    (patch) => `• ${inlineCode(shorten(patch.path, 200))} ${escape(shorten(oneLine(patch.title), 300))} (${proofWords(patch.proof)})`,
  );
  const text = `The ${option.name} patch${about}: ${count(patches.length, "file")}. Apply it with \`git apply\`; Guard changes nothing itself.`;
  return { text, blocks: [...sections(`${text}\n${lines.join("\n")}`)] };
}

function proofWords(proof: Intervention["patches"][number]["proof"]): string {
  const steps = Object.entries(proof);
  const passed = steps.filter(([, step]) => step.answer === "yes").length;
  const broken = steps.filter(([, step]) => step.answer === "no").map(([name]) => name);
  return broken.length > 0 ? `not proved: ${broken.join(", ")}` : `${passed} of ${steps.length} checks passed, the others not run`;
}

/** The line that follows a decision. */
export function renderDecided(problem: Problem, decision: Decision): ReplyMessage {
  const reason = decision.reason === "" ? "" : `: ${escape(shorten(oneLine(decision.reason), 1_000))}`;
  const text = `Noted on ${day(decision.at)}: problem ${escape(problem.id)} ${decision.verdict} by ${escape(oneLine(decision.byName))}${reason}`;
  return {
    text: shorten(text, 3_900),
    blocks: [...sections(text), ...context([holdsWords(decision)])],
  };
}

function holdsWords({ scope, rule, repository }: Decision): string {
  switch (scope.kind) {
    case "finding":
      return "Guard will not raise it again until the code under it changes.";
    case "file":
      return `Guard will not raise ${inlineCode(rule)} in ${inlineCode(shorten(scope.path, 200))} again.`;
    case "repository":
      return `Guard will not raise ${inlineCode(rule)} anywhere in ${inlineCode(shorten(repository, 100))} again.`;
  }
}

/** Decisions in force, newest first. */
export function renderDecisions(decisions: readonly Decision[], query: string): readonly ReplyMessage[] {
  const about = query === "" ? "" : ` about \`${oneLine(query).replace(/`/g, "'")}\``;
  if (decisions.length === 0)
    return [say(`No decisions${about} yet. Decide in a review's thread: \`accept 1\`, \`reject 2 because …\`, \`later 3\`.`)];
  const title = `${count(decisions.length, "decision")}${query === "" ? "" : ` about ${query}`}`;
  return packMessages(title, [
    ...sections(`*${escape(oneLine(title))}*`),
    ...sections(decisions.map((decision) => `• ${decidedLine(decision)}`).join("\n")),
  ]);
}
