import { App, LogLevel } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import { createWorkspace, type RunningWorkspace, type Workspace, type WorkspaceOptions } from "../../src/workspace/workspace.js";

export interface ConnectedApp {
  readonly workspace: Workspace;
  readonly running: RunningWorkspace;
  readonly app: App;
  /** Calls the Web API as the app's bot. */
  readonly bot: WebClient;
  /** Calls the Web API as a person. */
  readonly as: (name: "ana" | "ben") => WebClient;
  readonly channel: (name: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export const clientFor = (running: RunningWorkspace, token: string): WebClient =>
  new WebClient(token, {
    slackApiUrl: running.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });

/** A running workspace with a real Bolt app on a real Socket Mode connection; `prepare` adds the listeners. */
export async function connectApp(prepare: (app: App) => void, options: Partial<WorkspaceOptions> = {}): Promise<ConnectedApp> {
  const workspace = createWorkspace({ port: 0, ...options });
  const running = await workspace.start();
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
  const as = (name: "ana" | "ben"): WebClient => clientFor(running, running.userTokens[name] ?? "");
  return {
    workspace,
    running,
    app,
    bot: clientFor(running, running.botToken),
    as,
    channel: async (name) => {
      const listing = await as("ana").conversations.list({ types: "public_channel,private_channel" });
      return listing.channels?.find((channel) => channel.name === name)?.id ?? "";
    },
    stop: async () => {
      await app.stop();
      await workspace.stop();
    },
  };
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
