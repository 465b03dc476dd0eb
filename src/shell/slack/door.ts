import { App } from "@slack/bolt";
import type { Directory, DownloadFile } from "../../model/directory.js";
import type { Clock, Log, Messenger } from "../../model/ports.js";
import { clientOptions, createClients } from "./clients.js";
import { createDirectory } from "./directory.js";
import { createDownload } from "./download.js";
import { failureSentence } from "./failures.js";
import { sdkLogger } from "./logger.js";
import { createMessenger } from "./messenger.js";
import { createRespond } from "./respond.js";
import type { Respond } from "./respond.js";
import { createSocket } from "./socket.js";

export interface SlackDoorOptions {
  readonly botToken: string;
  readonly appToken: string;
  /** Another Slack-compatible API, such as the local workspace's (`http://127.0.0.1:3700/api/`). */
  readonly apiUrl?: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Called once when Slack will not have Guard back: a token was revoked while it ran. */
  readonly onLost?: (sentence: string) => void;
}

export interface SlackIdentity {
  readonly team: string;
  readonly user: string;
  readonly bot: string | null;
}

export type Connected = { readonly kind: "connected" } | { readonly kind: "failed"; readonly sentence: string };
export type SignedIn =
  { readonly kind: "signed_in"; readonly self: SlackIdentity } | { readonly kind: "failed"; readonly sentence: string };

export interface SlackDoor {
  /** Checks the bot token and learns who Guard is. */
  readonly signIn: () => Promise<SignedIn>;
  /** Opens the connection. `accept` gets every payload raw; Slack is told "received" only when its promise resolves. */
  readonly connect: (accept: (payload: unknown) => Promise<void>) => Promise<Connected>;
  readonly messenger: Messenger;
  readonly directory: Directory;
  readonly download: DownloadFile;
  readonly respond: Respond;
  /** Stops taking events; posting still works. */
  readonly close: () => Promise<void>;
}

/** Guard's door to Slack: Bolt over Socket Mode. Nothing is thrown for a bad token or a dead network: it is told in a sentence. */
export function createSlackDoor(options: SlackDoorOptions): SlackDoor {
  const { botToken, apiUrl, log, clock } = options;
  const clients = createClients(botToken, apiUrl, log);
  const directory = createDirectory(clients, clock, log);
  const socket = createSocket({
    appToken: options.appToken,
    apiUrl,
    log,
    onLost: options.onLost ?? ((sentence) => log.error({}, sentence)),
  });
  const app = new App({
    token: botToken,
    receiver: socket.receiver,
    deferInitialization: true, // in the constructor a bad token would end the process
    convoStore: false,
    logger: sdkLogger(log),
    clientOptions: clientOptions(apiUrl, log),
  });

  return {
    signIn: async () => {
      try {
        const identity = await clients.reading.auth.test();
        await app.init();
        return { kind: "signed_in", self: { team: identity.team_id ?? "", user: identity.user_id ?? "", bot: identity.bot_id ?? null } };
      } catch (error) {
        return { kind: "failed", sentence: failureSentence(error, "bot") };
      }
    },
    connect: async (accept) => {
      listen(app, accept, log);
      try {
        await app.start();
        return { kind: "connected" };
      } catch (error) {
        return { kind: "failed", sentence: failureSentence(error, "app") };
      }
    },
    messenger: createMessenger(clients, directory, log),
    directory,
    download: createDownload(botToken, apiUrl, log),
    respond: createRespond(apiUrl, log),
    close: socket.close,
  };
}

function listen(app: App, accept: (payload: unknown) => Promise<void>, log: Log): void {
  app.event("app_mention", ({ body }) => accept(body));
  app.event("message", ({ body }) => accept(body));
  app.event("reaction_added", ({ body }) => accept(body));
  app.command("/guard", async ({ body, ack }) => {
    await accept(body);
    await ack();
  });
  app.action(/.*/, async ({ body, ack }) => {
    await accept(body);
    await ack();
  });
  app.shortcut(/.*/, async ({ body, ack }) => {
    await accept(body);
    await ack();
  });
  app.view(/.*/, async ({ body, ack }) => {
    await accept(body);
    await ack();
  });
  app.error(async (error) => {
    log.error({ reason: error.message }, "a payload from Slack was not accepted; Slack will deliver it again");
    throw error; // keeps it unacknowledged
  });
}
