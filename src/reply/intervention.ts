import { sectionNames } from "../model/intervention.js";
import type { Intervention, Option, SectionName } from "../model/intervention.js";
import type { Block, ReplyMessage } from "../model/reply.js";
import { actions, context, divider, sections, sectionWithButton } from "./blocks.js";
import { pressButton } from "./buttons.js";
import { decidedLine } from "./decided.js";
import { footer } from "./footer.js";
import { inlineMarkdown } from "./markdown-blocks.js";
import { packMessages } from "./messages.js";
import { problemLines, problemWithDecision } from "./problem.js";
import { problemCounts } from "./severity.js";
import { oneLine } from "./text.js";

const shownProblems = 5;

/** Buttons' words; `detection` has none, its problems are the message itself. */
const sectionLabels: Readonly<Record<SectionName, string>> = {
  detection: "Detection",
  performance: "Performance",
  security: "Security",
  implementation: "Code",
  migrations: "Migration",
  tests: "Tests",
  documentation: "Documentation",
  monitoring: "Monitoring",
  deployment: "Deployment",
  rollback: "Rollback",
};

/**
 * The verdict, first what is wrong, then how to go on: the top problems with their decision buttons, settled points,
 * options, and buttons for the rest. Usually one message; more only where Slack's limits force it.
 */
export function renderIntervention(intervention: Intervention, id: string): readonly ReplyMessage[] {
  return packMessages(intervention.verdict, [
    ...sections(strong(intervention.verdict)),
    ...(intervention.notice === null ? [] : context([`⚠️ ${inlineMarkdown(oneLine(intervention.notice))}`])),
    ...intervention.problems.slice(0, shownProblems).flatMap((problem) => problemWithDecision(problem, id)),
    ...hiddenWords(intervention),
    ...context(intervention.decisions.map(decidedLine)),
    ...waysOn(intervention, id),
    ...footer(intervention),
  ]);
}

/** Every problem, several to a message, for "Show all". */
export function renderAllProblems(intervention: Intervention): readonly ReplyMessage[] {
  const title = `All ${problemCounts(intervention.problems)}`;
  return packMessages(title, [
    ...sections(`*${title}*`),
    ...intervention.problems.flatMap((problem) => sections(problemLines(problem))),
    ...context(["Decide with words: `accept 1`, `reject 2 because …`, `later 3`. Ask about one: `why is 2 critical`."]),
  ]);
}

/** Names of the sections that have something to say, without the problems themselves. */
export function presentSections(intervention: Intervention): readonly SectionName[] {
  return sectionNames.filter((name) => name !== "detection" && (intervention.sections[name] ?? "").trim() !== "");
}

export function sectionLabel(name: SectionName): string {
  return sectionLabels[name];
}

function strong(sentence: string): string {
  const words = inlineMarkdown(oneLine(sentence)).replace(/\*/g, "");
  return words === "" ? "" : `*${words}*`;
}

function hiddenWords(intervention: Intervention): readonly Block[] {
  const all = intervention.problems.length;
  return all > shownProblems ? context([`${shownProblems} of ${all} problems shown, the most severe first.`]) : [];
}

function waysOn(intervention: Intervention, id: string): readonly Block[] {
  const all = intervention.problems.length;
  const more = all > shownProblems ? [pressButton(`Show all ${all}`, { kind: "all_problems", intervention: id })] : [];
  const parts = presentSections(intervention).map((section) =>
    pressButton(sectionLabels[section], { kind: "section", section, intervention: id }),
  );
  const choices = intervention.options.flatMap((option) => optionBlocks(option, id));
  const question = intervention.question.trim() === "" ? [] : sections(inlineMarkdown(intervention.question));
  return [...(choices.length > 0 ? [divider] : []), ...choices, ...question, ...actions([...more, ...parts])];
}

function optionBlocks(option: Option, id: string): readonly Block[] {
  const name = `${option.name.charAt(0).toUpperCase()}${option.name.slice(1)}`;
  return sectionWithButton(
    `*${name}:* ${inlineMarkdown(oneLine(option.summary))}`,
    pressButton(
      "Proceed",
      { kind: "proceed", option: option.name, intervention: id },
      option.name === "recommended" ? "primary" : undefined,
    ),
  );
}
