#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { auditCommand, auditFormats, type AuditFlags } from "./cli/audit.js";
import { listOf, oneOf } from "./cli/choices.js";
import { createConsole, deliver, type Console } from "./cli/console.js";
import { decideCommand, decisionsCommand, decisionScopes, type DecideFlags } from "./cli/decisions.js";
import { evalCommand, type EvalFlags } from "./cli/eval.js";
import { couldNot, type Outcome } from "./cli/outcome.js";
import { reviewCommand, reviewFormats, type ReviewFlags } from "./cli/review.js";
import { explainCommand, rulesCommand } from "./cli/rules.js";
import { readTool } from "./cli/tool.js";
import { confidences, severities } from "./model/finding.js";
import { environmentVariables } from "./shell/environment.js";

type PrettyOrJson = "pretty" | "json";

/** The commands; each gives an Outcome to `finish`. */
function createProgram(console: Console, finish: (outcome: Outcome | Promise<Outcome>) => Promise<void>): Command {
  const program = new Command("guard");
  program
    .description("A back-end consultant for Elixir and Phoenix projects: in Slack, and here.")
    .version(readTool().version)
    .showHelpAfterError("(guard COMMAND --help tells what it takes)");

  program
    .command("review")
    .description("one intervention about files, line ranges, modules or functions")
    .argument("<reference...>", "lib/shop/orders.ex, lib/shop/orders.ex:10-40, Shop.Orders, Shop.Orders.list/1")
    .option("--repo <location>", "a folder, a git URL or a configured repository", ".")
    .option("--ref <revision>", "read that commit instead of the working tree")
    .option("--ask <question>", "what you want to know", "")
    .option("--offline", "ask no model", false)
    .option("--format <format>", reviewFormats.join(", "), oneOf(reviewFormats), "pretty")
    .option("--dump-request", "print the request Claude would get, and send nothing", false)
    .option("--model-answer <file>", "take this answer, in the review schema, instead of asking")
    .action((references: string[], flags: ReviewFlags) => finish(reviewCommand(references, flags, console)));

  program
    .command("audit")
    .description("analyse a whole project; exits 1 when something at or over --fail-on is open")
    .argument("[location]", "a folder, a git URL or a configured repository", ".")
    .option("--ref <revision>", "read that commit instead of the working tree")
    .option("--since <revision>", "only findings in files changed since then")
    .option("--only <rules>", "only these rules, separated by commas", listOf)
    .option("--min-severity <severity>", severities.join(", "), oneOf(severities), "low")
    .option("--min-confidence <confidence>", confidences.join(", "), oneOf(confidences), "likely")
    .option("--format <format>", auditFormats.join(", "), oneOf(auditFormats), "pretty")
    .option("--fail-on <severity>", severities.join(", "), oneOf(severities), "high")
    .option("--baseline <file>", "findings in this file (an earlier --format json) do not fail the run")
    .option("--no-cache", "read every file again")
    .option("--all", "also list possible findings", false)
    .action((location: string, flags: AuditFlags) => finish(auditCommand(location, flags, console)));

  program
    .command("rules")
    .description("list what Guard looks for")
    .option("--format <format>", "pretty, json", oneOf(["pretty", "json"] as const), "pretty")
    .action(({ format }: { format: PrettyOrJson }) => finish(rulesCommand(format, console)));

  program
    .command("explain")
    .description("tell about one rule, with examples")
    .argument("<rule>")
    .option("--format <format>", "pretty, json", oneOf(["pretty", "json"] as const), "pretty")
    .action((rule: string, { format }: { format: PrettyOrJson }) => finish(explainCommand(rule, format, console)));

  program
    .command("decisions")
    .description("what the team decided")
    .argument("[query...]", "words of the rule, the reason, the path or the person")
    .option("--format <format>", "pretty, json", oneOf(["pretty", "json"] as const), "pretty")
    .action((query: string[], { format }: { format: PrettyOrJson }) => finish(decisionsCommand(query.join(" "), format, console)));

  program
    .command("decide")
    .description("settle a finding, so that it is not raised again until its code changes")
    .argument("<fingerprint>", "from `guard audit --format json`; its beginning is enough")
    .argument("<verdict>", "accepted, rejected or deferred", oneOf(["accepted", "rejected", "deferred"] as const))
    .requiredOption("--reason <words>", "why")
    .option("--repo <location>", "a folder, a git URL or a configured repository", ".")
    .option("--ref <revision>", "the commit it was found in")
    .option("--scope <scope>", decisionScopes.join(", "), oneOf(decisionScopes), "finding")
    .action((fingerprint: string, verdict: "accepted" | "rejected" | "deferred", flags: DecideFlags) =>
      finish(decideCommand(fingerprint, verdict, flags, console)),
    );

  program
    .command("eval")
    .description("measure recall and false alarms on labelled history")
    .requiredOption("--cases <file>", "defects, one JSON object a line")
    .requiredOption("--clean <file>", "code that looks like a defect and is right, one JSON object a line")
    .requiredOption("--mirrors <folder>", "git directories named owner+name/repo")
    .option("--format <format>", "pretty, json", oneOf(["pretty", "json"] as const), "pretty")
    .option("--all", "count possible findings too", false)
    .action((flags: EvalFlags) => finish(evalCommand(flags, console)));

  program
    .command("start")
    .description("the bot: in Slack when its tokens are set, else in the local workspace")
    .addHelpText("after", `\nIt reads these environment variables:\n${environmentHelp()}`)
    .action(startBot);

  return program;
}

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
  const finish = async (outcome: Outcome | Promise<Outcome>): Promise<void> => {
    const finished = await Promise.resolve(outcome).finally(console.stop);
    await deliver(finished);
  };
  const program = createProgram(console, finish);
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
