import {
  dropReasons,
  sectionNames,
  type DropReason,
  type Intervention,
  type InterventionSource,
  type Option,
  type Problem,
  type SectionName,
} from "../model/intervention.js";
import { fence } from "./markdown.js";
import { count, day } from "./text.js";

const titles: Readonly<Record<SectionName, string>> = {
  detection: "At a glance",
  performance: "Performance",
  security: "Security",
  implementation: "Implementation",
  migrations: "Migrations",
  tests: "Tests",
  documentation: "Documentation",
  monitoring: "Monitoring",
  deployment: "Deployment",
  rollback: "Rollback",
};

/** The whole intervention as one Markdown document: verdict, each problem with its code, the sections that have something to say, the question. */
export function interventionMarkdown(intervention: Intervention): string {
  const { detection, ...others } = intervention.sections;
  const parts = [
    `# ${intervention.verdict}`,
    ...noticeLines(intervention),
    intervention.sources.map(sourceLine).join("\n"),
    ...settled(intervention),
    ...section("detection", detection),
    ...intervention.problems.map(problemMarkdown),
    ...sectionNames.flatMap((name) => (name === "detection" ? [] : section(name, others[name]))),
    ...goingOn(intervention),
    ...smallPrint(intervention),
  ];
  return `${parts.filter((part) => part.trim() !== "").join("\n\n")}\n`;
}

/** What came in the way of the model, or that none was asked. */
function noticeLines({ notice, mode }: Intervention): string[] {
  if (notice !== null) return [`> ${notice}`];
  return mode === "offline" ? ["> From Guard's own detectors; no model was asked."] : [];
}

function sourceLine({ repository, path, lines, commit, permalink }: InterventionSource): string {
  const place = `\`${path}${lines === null ? "" : `:${lines.first}-${lines.last}`}\``;
  const at = commit === null ? "as it stands" : `at \`${commit.slice(0, 12)}\``;
  return `Reviewed ${permalink === null ? place : `[${place}](${permalink})`} in ${spokenName(repository)} ${at}.`;
}

/** A folder on somebody's disk is known by its last part; the rest of the path is nobody else's business. */
function spokenName(repository: string): string {
  return /^([/\\]|[a-z]:)/i.test(repository) ? (repository.split(/[/\\]/).findLast((part) => part !== "") ?? repository) : repository;
}

function settled({ decisions }: Intervention): string[] {
  return decisions.map(({ rule, verdict, at, byName, reason, permalink }) => {
    const words = `decided on ${day(at)} by ${byName}`;
    return `\`${rule}\` ${permalink === null ? words : `[${words}](${permalink})`}: ${verdict}, ${reason}`;
  });
}

function section(name: SectionName, text: string | undefined): string[] {
  return text === undefined || text.trim() === "" ? [] : [`## ${titles[name]}`, text.trim()];
}

function problemMarkdown({ id, title, severity, place, permalink, consequence, fix, evidence, origin }: Problem): string {
  const steps = evidence.map((step) => `- ${linked(`\`${step.path}:${step.line}\``, step.permalink)} ${step.note}`);
  const seen = origin === "claude" ? ", seen by Claude" : "";
  return [
    `### ${id}. ${title.replace(/\.$/, "")}`,
    `${linked(`\`${place.path}:${place.line}\``, permalink)}, **${severity}**${seen}`,
    fence(place.quote, place.path),
    `**Costs:** ${consequence}`,
    ...(steps.length === 0 ? [] : [`What makes it true:\n\n${steps.join("\n")}`]),
    `**Fix:** ${fix}`,
  ].join("\n\n");
}

function linked(label: string, permalink: string | null): string {
  return permalink === null ? label : `[${label}](${permalink})`;
}

function goingOn({ options, question }: Intervention): string[] {
  const choices = options.map(optionLine);
  if (choices.length === 0 && question.trim() === "") return [];
  return ["## How to go on", ...(choices.length === 0 ? [] : [choices.join("\n")]), question];
}

function optionLine({ name, summary, problems }: Option): string {
  const which = problems.length === 0 ? "" : ` (${problems.length === 1 ? "problem" : "problems"} ${problems.join(", ")})`;
  return `- **${name}**${which}: ${summary}`;
}

const dropWords: Readonly<Record<DropReason, string>> = {
  place: "quoting what does not stand where it was said to",
  name: "naming what neither the project nor its libraries have",
  number: "with a number nobody counted",
  contradicted: "which the project refutes",
  address: "with a link, a mention or disguised letters",
  voice: "hedging, insulting or speaking as nobody should",
  doubtful: "that the model itself held for possible only",
  incomplete: "without a title, a consequence or a fix that stands",
  settled: "the team has decided on",
  repeated: "said already",
  refuted: "that a second reading refuted with lines of the code",
};

/** Counts by reason in Guard's own words: what was refused is not repeated. */
function droppedLines(dropped: Intervention["dropped"]): string[] {
  return dropReasons.flatMap((reason) => {
    const amount = dropped.filter(({ kind = "incomplete" }) => kind === reason).length;
    return amount === 0 ? [] : [`- Dropped from the model's answer: ${count(amount, "statement")} ${dropWords[reason]}`];
  });
}

/** What was left out, by name; what the model said and code refused; what could not be read; what it cost. */
function smallPrint({ omitted, dropped, unread, cost }: Intervention): string[] {
  const lines = [
    ...omitted.map(({ section: name, reason }) => `- No ${name} section: ${reason}`),
    ...droppedLines(dropped),
    ...unread.map(({ path, line, endLine }) => `- Not read, because the parser could not: \`${path}:${line}-${endLine}\``),
    ...(cost.usage === null
      ? []
      : [`- Cost: ${cost.dollars === null ? "no price known" : `$${cost.dollars.toFixed(3)}`} (${cost.derivation})`]),
  ];
  return lines.length === 0 ? [] : ["## Notes", lines.join("\n")];
}
