import { App, LogLevel } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import { createWorkspace, type RunningWorkspace, type Workspace, type WorkspaceOptions } from "../../src/workspace/workspace.js";

export interface OpenWorkspace {
  readonly workspace: Workspace;
  readonly running: RunningWorkspace;
  /** Calls the Web API as the app's bot. */
  readonly bot: WebClient;
  /** Calls the Web API as a person. */
  readonly as: (name: "ana" | "ben") => WebClient;
  readonly channel: (name: string) => Promise<string>;
}

export interface ConnectedApp extends OpenWorkspace {
  readonly app: App;
  readonly stop: () => Promise<void>;
}

/** The SDK reports refusals on the console; the tests read them from the answers. */
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

export const clientFor = (running: RunningWorkspace, token: string): WebClient =>
  new WebClient(token, {
    slackApiUrl: running.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  });

/** A running workspace that no app is connected to. */
export async function openWorkspace(options: Partial<WorkspaceOptions> = {}): Promise<OpenWorkspace> {
  const workspace = createWorkspace({ port: 0, ...options });
  const running = await workspace.start();
  const as = (name: "ana" | "ben"): WebClient => clientFor(running, running.userTokens[name] ?? "");
  const channel = async (name: string): Promise<string> => {
    const listing = await as("ana").conversations.list({ types: "public_channel,private_channel" });
    return listing.channels?.find((candidate) => candidate.name === name)?.id ?? "";
  };
  return { workspace, running, as, channel, bot: clientFor(running, running.botToken) };
}

/** A running workspace with a real Bolt app on a real Socket Mode connection; `prepare` adds the listeners. */
export async function connectApp(prepare: (app: App) => void, options: Partial<WorkspaceOptions> = {}): Promise<ConnectedApp> {
  const open = await openWorkspace(options);
  const { running, workspace } = open;
  const app = new App({
    token: running.botToken,
    appToken: running.appToken,
    socketMode: true,
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: running.apiUrl },
  });
  prepare(app);
  await app.init();
  await app.start();
  const stop = async (): Promise<void> => {
    await app.stop();
    await workspace.stop();
  };
  return { ...open, app, stop };
}

/** Collects values and lets a test wait for the next ones without sleeping. */
export function createInbox<Value>() {
  const values: Value[] = [];
  let wake: (() => void)[] = [];
  return {
    values,
    add: (value: Value): void => {
      values.push(value);
      wake.forEach((resolve) => resolve());
      wake = [];
    },
    /** Resolves once `count` values have come. */
    take: async (count: number): Promise<readonly Value[]> => {
      while (values.length < count) await new Promise<void>((resolve) => wake.push(resolve));
      return values.slice(0, count);
    },
  };
}
