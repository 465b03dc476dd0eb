import { randomUUID } from "node:crypto";
import { WebClient } from "@slack/web-api";
import { WebSocket } from "ws";
import { createGuard } from "../../src/app/handle.js";
import type { StoryPorts } from "../../src/app/story-ports.js";
import { createWork } from "../../src/main/work.js";
import { checkConfiguration } from "../../src/model/configuration.js";
import { forgePermalink } from "../../src/model/permalink.js";
import type { Log } from "../../src/model/ports.js";
import type { Repository } from "../../src/model/source.js";
import { readEnvironment } from "../../src/shell/environment.js";
import { createSlackDoor } from "../../src/shell/slack/door.js";
import { createMemory } from "../../src/shell/store/memory.js";
import { createWorkspace } from "../../src/workspace/workspace.js";
import type { Opened, View } from "../../src/workspace/views.js";
import type { RunningWorkspace, Workspace, WorkspaceOptions } from "../../src/workspace/workspace.js";
import { createFolder } from "./repository.js";

export type Message = NonNullable<Awaited<ReturnType<WebClient["conversations"]["replies"]>>["messages"]>[number];

/** What went wrong in the log, for tests to look at. */
export interface TestLog extends Log {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[];
}

export function createTestLog(): TestLog {
  const lines: TestLog["lines"] = [];
  const at = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => void lines.push({ level, message, fields });
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}

export interface TestBotOptions {
  readonly repositories: readonly Repository[];
  readonly workspace?: Partial<WorkspaceOptions>;
  /** An earlier bot's workspace and folder, to start again in. */
  readonly earlier?: { readonly workspace: Workspace; readonly running: RunningWorkspace; readonly folder: string };
  /** Variables beside those every test has, such as the address of a Messages API. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: (ports: StoryPorts) => StoryPorts;
}

/** The whole bot on a real socket to a real local workspace, and people to talk to it. */
export async function startTestBot(options: TestBotOptions) {
  const workspace = options.earlier?.workspace ?? createWorkspace({ port: 0, limitsRates: false, ...options.workspace });
  const running = options.earlier?.running ?? (await workspace.start());
  const folder = options.earlier?.folder ?? createFolder();
  const log = createTestLog();
  const memory = createMemory({ path: `${folder}/memory.sqlite` });
  const checked = checkConfiguration({});
  const read = readEnvironment({ GUARD_DATA_DIR: folder, HOME: folder, ...options.environment });
  if (checked.kind === "faulty" || read.kind === "faults") throw new Error("the test's own configuration is faulty");
  const mayReadFolder = (path: string): boolean => options.repositories.some(({ url }) => url === path);
  const { configuration } = checked;
  const work = await createWork({ environment: read.environment, configuration, memory, log, version: "0.0.0", mayReadFolder });
  const door = createSlackDoor({ ...running, log, clock: Date.now });
  const signedIn = await door.signIn();
  if (signedIn.kind === "failed") throw new Error(signedIn.sentence);
  const { messenger, directory, download, respond } = door;
  const outside = { messenger, directory, download, respond, memory, log, clock: Date.now, newId: () => randomUUID() };
  const ports: StoryPorts = {
    ...work.storyLinking(
      (repository, commit, path, lines) =>
        forgePermalink(repository, commit, path, lines) ?? running.sourceAddress({ repository: repository.name, commit, path }, lines),
    ),
    ...outside,
    deadline: () => AbortSignal.timeout(60_000),
    repositories: () => options.repositories,
  };
  const guard = createGuard(options.ports?.(ports) ?? ports, signedIn.self);
  const connected = await door.connect(guard.accept);
  if (connected.kind === "failed") throw new Error(connected.sentence);
  await guard.resume();

  const closeBot = async (): Promise<void> => {
    await guard.stop();
    await door.close();
    await work.close();
    await memory.close();
  };
  return {
    ...people(running),
    workspace,
    running,
    folder,
    log,
    memory,
    guard,
    closeBot,
    stop: async () => (await closeBot(), workspace.stop()),
  };
}

function people(running: RunningWorkspace) {
  const as = (name: string): WebClient =>
    new WebClient(running.userTokens[name] ?? "", { slackApiUrl: running.apiUrl, retryConfig: { retries: 0 } });
  const channel = async (name: string): Promise<string> => {
    const { channels } = await as("ana").conversations.list({ types: "public_channel,private_channel" });
    return channels?.find((candidate) => candidate.name === name)?.id ?? "";
  };
  const directChannel = async (name: string): Promise<string> => {
    const opened = await as(name).conversations.list({ types: "im" });
    return opened.channels?.[0]?.id ?? "";
  };
  return {
    as,
    channel,
    directChannel,
    mention: `<@${running.botUserId}>`,
    /** Says something; gives the message's ts. */
    say: async (name: string, where: string, text: string, thread?: string): Promise<string> => {
      const posted = await as(name).chat.postMessage({ channel: where, text, ...(thread === undefined ? {} : { thread_ts: thread }) });
      return posted.ts ?? "";
    },
    press: (name: string, where: string, message: string, action: string) =>
      as(name).apiCall("blocks.actions", { channel: where, message_ts: message, action_id: action }),
    /** Fills in a dialog, by block and field, and sends it off. */
    submit: (name: string, view: string, values: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
      as(name).apiCall("views.submit", { view_id: view, values: JSON.stringify(values) }),
    command: (name: string, where: string, text: string) => as(name).apiCall("chat.command", { channel: where, command: "/guard", text }),
    thread: async (where: string, ts: string): Promise<readonly Message[]> =>
      (await as("ana").conversations.replies({ channel: where, ts, limit: 200 })).messages ?? [],
    history: async (where: string): Promise<readonly Message[]> =>
      (await as("ana").conversations.history({ channel: where })).messages ?? [],
    botUser: running.botUserId,
  };
}

export type TestBot = Awaited<ReturnType<typeof startTestBot>>;

/** What only `user` was shown: private answers, as their page has them. Slack's API has no way to read these. */
export async function whispersTo(running: RunningWorkspace, user: string): Promise<readonly Message[]> {
  const { ephemerals } = await snapshotOf(running);
  return ephemerals.filter((whisper) => whisper.user === user).map(({ message }) => message);
}

/** The dialogs `user` has open, the topmost last. */
export async function dialogsOf(running: RunningWorkspace, user: string): Promise<readonly View[]> {
  const { views } = await snapshotOf(running);
  return views.find((opened) => opened.user === user)?.modals ?? [];
}

interface Shown {
  readonly ephemerals: readonly { readonly user: string; readonly message: Message }[];
  readonly views: readonly Opened[];
}

async function snapshotOf(running: RunningWorkspace): Promise<Shown> {
  const { origin, searchParams } = new URL(running.url);
  const address = `${origin.replace("http", "ws")}/page/socket?token=${searchParams.get("token") ?? ""}`;
  const socket = new WebSocket(address, { origin });
  try {
    const frame = await new Promise<string>((resolve, reject) => {
      socket.once("message", (data: Buffer) => resolve(data.toString("utf8")));
      socket.once("error", reject);
    });
    return (JSON.parse(frame) as { snapshot: Shown }).snapshot;
  } finally {
    socket.close();
  }
}
