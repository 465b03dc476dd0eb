import { startBot } from "./main/bot.js";
import { readEnvironment } from "./shell/environment.js";
import { createLog } from "./shell/logs/logs.js";

/** Runs the bot until it is told to stop (Ctrl-C, SIGTERM) or Slack refuses it; exits with 2 when it could not start. */
async function main(): Promise<void> {
  const read = readEnvironment(process.env);
  if (read.kind === "faults") return giveUp(read.faults);
  const log = createLog({ readable: process.stderr.isTTY });
  // One stray rejection in a library must not end a bot that others talk to.
  process.on("unhandledRejection", (reason) =>
    log.error({ reason: reason instanceof Error ? reason.stack : String(reason) }, "an unhandled rejection"),
  );
  const interrupted = new Promise<null>((resolve) => process.once("SIGINT", () => resolve(null)).once("SIGTERM", () => resolve(null)));

  const started = await startBot(read.environment, log);
  if (started.kind === "failed") return giveUp(started.sentences);
  const { bot } = started;
  for (const line of bot.lines) process.stdout.write(`${line}\n`);
  const lost = await Promise.race([interrupted, bot.lost]);
  await bot.stop();
  if (lost === null) process.exit(0);
  giveUp([lost]);
}

function giveUp(sentences: readonly string[]): void {
  for (const sentence of sentences) process.stderr.write(`guard: ${sentence}\n`);
  process.exit(2);
}

await main();
