#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { listOf, oneOf } from "./cli/choices.js";
import { createConsole, deliver, type Console } from "./cli/console.js";
import * as flags from "./cli/flags.js";
import { couldNot, type Outcome } from "./cli/outcome.js";
import { readTool } from "./cli/tool.js";
import { confidences, severities } from "./model/finding.js";
import { environmentVariables } from "./shell/environment.js";
import { prepareForShortRun } from "./shell/short-run.js";

const anywhere = "a folder, a git URL or a configured repository";

/** The commands. Each loads its own part of the program, so that a small one answers at once, and gives an Outcome to `finish`. */
function createProgram(console: Console, finish: (outcome: Promise<Outcome>) => Promise<void>): Command {
  const program = new Command("guard");
  program
    .description("A back-end consultant for Elixir and Phoenix projects: in Slack, and here.")
    .version(readTool().version)
    .showHelpAfterError("(guard COMMAND --help tells what it takes)");

  program
    .command("review")
    .description("one intervention about files, line ranges, modules or functions")
    .argument("<reference...>", "lib/shop/orders.ex, lib/shop/orders.ex:10-40, Shop.Orders, Shop.Orders.list/1")
    .option("--repo <location>", anywhere, ".")
    .option("--ref <revision>", "read that commit instead of the working tree")
    .option("--ask <question>", "what you want to know", "")
    .option("--offline", "ask no model", false)
    .option("--format <format>", flags.reviewFormats.join(", "), oneOf(flags.reviewFormats), "pretty")
    .option("--dump-request", "print the request Claude would get, and send nothing", false)
    .option("--model-answer <file>", "take this answer, in the review schema, instead of asking")
    .action((references: string[], given: flags.ReviewFlags) =>
      finish(import("./cli/review.js").then(({ reviewCommand }) => reviewCommand(references, given, console))),
    );

  program
    .command("ask")
    .description("answer a question about a whole project; Claude looks at it with tools that only read")
    .argument("<location>", anywhere)
    .argument("<question>", "in your own words, quoted")
    .option("--ref <revision>", "read that commit instead of the working tree")
    .option("--format <format>", flags.reviewFormats.join(", "), oneOf(flags.reviewFormats), "pretty")
    .action((location: string, question: string, given: flags.AskFlags) =>
      finish(import("./cli/ask.js").then(({ askCommand }) => askCommand(location, question, given, console))),
    );

  program
    .command("audit")
    .description("analyse a whole project; exits 1 when something at or over --fail-on is open")
    .argument("[location]", anywhere, ".")
    .option("--ref <revision>", "read that commit instead of the working tree")
    .option("--since <revision>", "only findings in files changed since then")
    .option("--only <rules>", "only these rules, separated by commas", listOf)
    .option("--min-severity <severity>", severities.join(", "), oneOf(severities), "low")
    .option("--min-confidence <confidence>", confidences.join(", "), oneOf(confidences), "likely")
    .option("--format <format>", flags.auditFormats.join(", "), oneOf(flags.auditFormats), "pretty")
    .option("--fail-on <severity>", severities.join(", "), oneOf(severities), "high")
    .option("--baseline <file>", "findings in this file (an earlier --format json) do not fail the run")
    .option("--coverage <file>", "what the tests ran (excoveralls JSON or lcov): untested code is told from it instead of from calls")
    .option("--no-cache", "read every file again")
    .option("--all", "also list possible findings", false)
    .action((location: string, given: flags.AuditFlags) =>
      finish(import("./cli/audit.js").then(({ auditCommand }) => auditCommand(location, given, console))),
    );

  addFix(program, console, finish);
  addCatalogue(program, console, finish);
  addDecisions(program, console, finish);
  addEvaluation(program, console, finish);

  program
    .command("start")
    .description("the bot: in Slack when its tokens are set, else in the local workspace")
    .addHelpText("after", `\nIt reads these environment variables:\n${environmentHelp()}`)
    .action(startBot);

  return program;
}

type AddCommands = (program: Command, console: Console, finish: (outcome: Promise<Outcome>) => Promise<void>) => void;

const addFix: AddCommands = (program, console, finish) => {
  program
    .command("fix")
    .description("mend what can be mended by rule: prints one diff of all proved patches, and changes nothing unless told to")
    .argument("[location]", anywhere, ".")
    .option("--ref <revision>", "read that commit instead of the working tree")
    .option("--rule <rules>", "only findings of these rules, separated by commas", listOf)
    .option("--min-confidence <confidence>", confidences.join(", "), oneOf(confidences), "likely")
    .option("--write", "change the files of the folder", false)
    .option("--patch <file>", "write the diff to a file")
    .action((location: string, given: flags.FixFlags) =>
      finish(import("./cli/fix.js").then(({ fixCommand }) => fixCommand(location, given, console))),
    );
};

const addCatalogue: AddCommands = (program, console, finish) => {
  program
    .command("rules")
    .description("list what Guard looks for")
    .option("--format <format>", flags.listFormats.join(", "), oneOf(flags.listFormats), "pretty")
    .action(({ format }: { format: flags.ListFormat }) =>
      finish(import("./cli/rules.js").then(({ rulesCommand }) => rulesCommand(format, console))),
    );

  program
    .command("explain")
    .description("tell about one rule, with examples")
    .argument("<rule>")
    .option("--format <format>", flags.listFormats.join(", "), oneOf(flags.listFormats), "pretty")
    .action((rule: string, { format }: { format: flags.ListFormat }) =>
      finish(import("./cli/rules.js").then(({ explainCommand }) => explainCommand(rule, format, console))),
    );
};

const addDecisions: AddCommands = (program, console, finish) => {
  program
    .command("decisions")
    .description("what the team decided")
    .argument("[query...]", "words of the rule, the reason, the path or the person")
    .option("--format <format>", flags.listFormats.join(", "), oneOf(flags.listFormats), "pretty")
    .action((query: string[], { format }: { format: flags.ListFormat }) =>
      finish(import("./cli/decisions.js").then(({ decisionsCommand }) => decisionsCommand(query.join(" "), format, console))),
    );

  program
    .command("decide")
    .description("settle a finding, so that it is not raised again until its code changes")
    .argument("<fingerprint>", "as `guard audit` shows it; its beginning is enough")
    .argument("<verdict>", verdicts.join(", "), oneOf(verdicts))
    .requiredOption("--reason <words>", "why")
    .option("--repo <location>", anywhere, ".")
    .option("--ref <revision>", "the commit it was found in")
    .option("--scope <scope>", flags.decisionScopes.join(", "), oneOf(flags.decisionScopes), "finding")
    .action((fingerprint: string, verdict: (typeof verdicts)[number], given: flags.DecideFlags) =>
      finish(import("./cli/decisions.js").then(({ decideCommand }) => decideCommand(fingerprint, verdict, given, console))),
    );
};

const verdicts = ["accepted", "rejected", "deferred"] as const;

const addEvaluation: AddCommands = (program, console, finish) => {
  program
    .command("eval")
    .description("measure recall and false alarms on labelled history")
    .requiredOption("--cases <file>", "defects, one JSON object a line")
    .requiredOption("--clean <file>", "code that looks like a defect and is right, one JSON object a line")
    .requiredOption("--mirrors <folder>", "git directories named owner+name/repo")
    .option(
      "--disputed <file>",
      "labels that reading the code refutes, one JSON object a line with id and reason; they count in neither direction",
    )
    .option("--kind <kinds...>", "only cases of these kinds")
    .option("--format <format>", flags.listFormats.join(", "), oneOf(flags.listFormats), "pretty")
    .option("--all", "count possible findings too", false)
    .action((given: flags.EvalFlags) => finish(import("./cli/eval.js").then(({ evalCommand }) => evalCommand(given, console))));
};

function environmentHelp(): string {
  const widest = Math.max(...environmentVariables.map(({ name }) => name.length));
  return environmentVariables.map(({ name, purpose }) => `  ${name.padEnd(widest)}  ${purpose}`).join("\n");
}

/** The bot is the other door, a program of its own: it is started, not called. */
async function startBot(): Promise<void> {
  await import(new URL("./main.js", import.meta.url).href);
}

/** Runs the command line and leaves the exit code in the process. */
async function main(): Promise<void> {
  const console = createConsole();
  const program = createProgram(console, async (outcome) => deliver(await outcome.finally(console.stop)));
  program.hook("preAction", (_program, command) => {
    if (command.name() !== "start") prepareForShortRun();
  });
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else if (console.signal.aborted) await deliver(couldNot("Stopped; nothing was written."));
    else await deliver(couldNot(`This is a bug in Guard, please report it: ${error instanceof Error ? error.stack : String(error)}`));
  }
}

await main();
