import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { createGuard } from "../app/handle.js";
import type { Guard } from "../app/handle.js";
import type { Log, Memory } from "../model/ports.js";
import { now } from "../shell/clock.js";
import { loadConfiguration } from "../shell/config/load.js";
import { packageRoot } from "../shell/data/package-root.js";
import type { Environment } from "../shell/environment.js";
import { createSlackDoor } from "../shell/slack/door.js";
import type { SlackDoor } from "../shell/slack/door.js";
import { createMemory } from "../shell/store/memory.js";
import { openPlace } from "./place.js";
import { createRepositories } from "./repositories.js";
import { createWork } from "./work.js";

/** A running bot. `lines` is what to tell whoever started it, one line each. */
export interface Bot {
  readonly lines: readonly string[];
  /** Resolves with the reason when Slack will not have Guard back. */
  readonly lost: Promise<string>;
  readonly whenIdle: () => Promise<void>;
  /** Takes no more work, hands what is under way to the next start, and closes everything. */
  readonly stop: () => Promise<void>;
}

export type StartedBot =
  { readonly kind: "started"; readonly bot: Bot } | { readonly kind: "failed"; readonly sentences: readonly string[] };

/** Longest one request may be worked on. */
const deadlineMs = 15 * 60_000;
/** What is still running this long after a stop is left to the next start. */
const stopWithinMs = 3_500;

/** Opens everything from inside out: configuration, memory, work, then the door; closes what was opened when a later step fails. */
export async function startBot(environment: Environment, log: Log): Promise<StartedBot> {
  const loaded = await loadConfiguration(environment.configurationPath, { required: environment.configurationNamed });
  if (loaded.kind === "faults") return { kind: "failed", sentences: loaded.faults };
  const { configuration } = loaded;
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse())
      await closer().catch((error: unknown) => log.warn({ reason: String(error) }, "closing failed"));
  };
  const failed = async (sentence: string): Promise<StartedBot> => {
    await close();
    return { kind: "failed", sentences: [sentence] };
  };

  const memory = openMemory(environment);
  if (typeof memory === "string") return failed(memory);
  closers.push(memory.close);
  const repositories = createRepositories(configuration.repositories);
  const work = await createWork({
    environment,
    configuration,
    memory,
    log,
    version: readVersion(),
    mayReadFolder: repositories.mayReadFolder,
  });
  closers.push(work.close);
  const place = await openPlace({ environment, repositories, openTree: work.openTree, log });
  if (place.kind === "failed") return failed(place.sentence);
  closers.push(place.close);

  let announceLoss: (sentence: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => (announceLoss = resolve));
  const door = createSlackDoor({ ...place.connection, log, clock: now, onLost: (sentence) => announceLoss(sentence) });
  closers.push(door.close);
  const signedIn = await door.signIn();
  if (signedIn.kind === "failed") return failed(signedIn.sentence);
  const story = work.storyLinking(place.permalinkOf);
  const guard = createGuard({ ...story, ...outside(door, memory, log), repositories: () => place.repositories() }, signedIn.self);
  closers.push(() => stopWithin(guard));
  const connected = await door.connect(guard.accept);
  if (connected.kind === "failed") return failed(connected.sentence);
  await guard.resume();
  place.onConnected();
  return { kind: "started", bot: { lines: place.lines, lost, whenIdle: guard.whenIdle, stop: close } };
}

function outside(door: SlackDoor, memory: Memory, log: Log) {
  const { messenger, directory, download, respond } = door;
  return {
    messenger,
    directory,
    download,
    respond,
    memory,
    log,
    clock: now,
    newId: () => randomUUID(),
    deadline: () => AbortSignal.timeout(deadlineMs),
  };
}

/** Gives running work a moment to hand itself over. */
async function stopWithin(guard: Guard): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, stopWithinMs)));
  await Promise.race([guard.stop(), late]);
  clearTimeout(timer);
}

function openMemory({ dataDirectory }: Environment): Memory | string {
  try {
    return createMemory({ path: join(dataDirectory, "memory.sqlite") });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readVersion(): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"))).version;
}
