import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createApi } from "./api/api.js";
import { authMethods } from "./api/auth.js";
import { chatMethods } from "./api/chat.js";
import { conversationMethods } from "./api/conversations.js";
import { fileMethods } from "./api/files.js";
import { interactionMethods } from "./api/interactions.js";
import type { Methods } from "./api/method.js";
import { reactionMethods } from "./api/reactions.js";
import { shortcutMethods } from "./api/shortcuts.js";
import { userMethods } from "./api/users.js";
import { viewInteractionMethods } from "./api/view-interactions.js";
import { viewMethods } from "./api/views.js";
import { createTokens, type Tokens } from "./authentication.js";
import { createDoors } from "./doors.js";
import { connectEvents, type Events } from "./events.js";
import { createFileRoutes } from "./file-routes.js";
import { createFileStore } from "./files.js";
import { createHealthRoute } from "./health-route.js";
import { createIdentifiers } from "./identifiers.js";
import type { Snapshot } from "./page-frames.js";
import { createPageRoutes, type AddRepository } from "./page-routes.js";
import { createPageSocket } from "./page-socket.js";
import { commands, prompts, shortcuts } from "./prompts.js";
import { createRates } from "./rates.js";
import { createResponseUrls } from "./response-urls.js";
import { listen } from "./server.js";
import { createAppSocket } from "./socket.js";
import { sourceAddress, type SourceLines, type SourcePlace } from "./source-address.js";
import { createSourceRoute, type ReadSource } from "./source-route.js";
import { createState, type State } from "./state.js";
import { createTeam, usualTeam, type TeamDefinition } from "./team.js";
import { createTriggers } from "./triggers.js";
import { createViews, type Views } from "./views.js";

export interface WorkspaceOptions {
  /** 0 picks a free port. */
  readonly port: number;
  /** Where the built page lies; `dist/page` of this package unless given. */
  readonly pageDirectory?: string;
  readonly addRepository?: AddRepository;
  /** Reads what `sourceAddress` links to; without it no file is shown. */
  readonly readSource?: ReadSource;
  readonly team?: TeamDefinition;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** False lets the app call as often as it likes. */
  readonly limitsRates?: boolean;
  readonly onLog?: (line: string) => void;
}

export interface RunningWorkspace {
  /** The page, with its token. */
  readonly url: string;
  readonly apiUrl: string;
  /** Where the page shows a file at a commit, with lines of it marked. */
  readonly sourceAddress: (place: SourcePlace, lines?: SourceLines | null) => string;
  readonly port: number;
  readonly botToken: string;
  readonly appToken: string;
  /** Acts as the first person. */
  readonly userToken: string;
  /** A token for each person, by name. */
  readonly userTokens: Readonly<Record<string, string>>;
  readonly teamId: string;
  readonly botUserId: string;
}

export interface Workspace {
  readonly start: () => Promise<RunningWorkspace>;
  readonly stop: () => Promise<void>;
  /** The next event reaches the app twice, with one event_id. */
  readonly deliverNextTwice: () => void;
}

function usualPageDirectory(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, "dist", "page");
}

function takeSnapshot(state: State, views: Views, tokens: Tokens, canAddRepository: boolean, appConnected: boolean): Snapshot {
  return {
    team: state.team,
    bot: state.bot,
    people: state.people.map((person) => ({ ...person, token: tokens.ofUser.get(person.id) ?? "" })),
    channels: state.channels(),
    messages: Object.fromEntries(state.channels().map(({ id }) => [id, state.messages(id)])),
    ephemerals: state.ephemerals(),
    views: state.people.map(({ id }) => views.of(id)),
    commands,
    shortcuts,
    prompts,
    canAddRepository,
    appConnected,
  };
}

/** Puts a workspace together; nothing is opened until it starts. */
function assemble(options: WorkspaceOptions, baseUrl: () => string, port: () => number) {
  const clock = options.clock ?? Date.now;
  const identifiers = createIdentifiers(clock);
  const state = createState(createTeam(options.team ?? usualTeam, identifiers, Math.floor(clock() / 1000)));
  const tokens = createTokens(identifiers, state.bot, state.people);
  const pageToken = identifiers.secret();
  const doors = createDoors({ port, pageToken });
  const files = createFileStore({ team: state.team.id, identifiers, clock, baseUrl });
  const responseUrls = createResponseUrls({ state, identifiers, clock, baseUrl });
  const onPresence = (connected: boolean): void => pageSocket.tellPresence(connected);
  const socket = createAppSocket({ appId: state.team.appId, identifiers, clock, onPresence });
  const views = createViews({ identifiers, team: state.team, bot: state.bot });
  const triggers = createTriggers(identifiers, clock);
  const snapshot = (): Snapshot => takeSnapshot(state, views, tokens, options.addRepository !== undefined, socket.isConnected());
  const pageSocket = createPageSocket(state, views, snapshot);
  const events = connectEvents({ state, identifiers, clock, send: socket.sendEvent });
  const openConnection = () => ({ ok: true as const, url: `${baseUrl().replace("http", "ws")}/link/?ticket=${socket.issueTicket()}` });
  const methods: Methods = {
    ...authMethods(state, tokens, baseUrl),
    ...chatMethods({ state, identifiers, baseUrl }),
    ...conversationMethods(state),
    ...userMethods(state),
    ...reactionMethods({ state, identifiers }),
    ...fileMethods({ state, files, identifiers, baseUrl }),
    ...viewMethods({ state, views, triggers, identifiers }),
    ...viewInteractionMethods({ state, views, triggers, identifiers, socket }),
    ...interactionMethods({ state, identifiers, socket, responseUrls, triggers, commands: commands.map(({ command }) => command) }),
    ...shortcutMethods({ state, identifiers, socket, responseUrls, triggers, shortcuts: shortcuts.map(({ callbackId }) => callbackId) }),
    "apps.connections.open": { callers: "app", tier: "three", answer: openConnection },
  };
  const checkRate = options.limitsRates === false ? () => null : createRates(clock);
  const callApi = createApi({ methods, tokens, checkRate });
  return { state, tokens, pageToken, doors, files, responseUrls, socket, pageSocket, events, callApi };
}

type Parts = ReturnType<typeof assemble>;

function open(options: WorkspaceOptions, parts: Parts): ReturnType<typeof listen> {
  const { state, tokens, doors, files, responseUrls, socket, pageSocket, callApi } = parts;
  const pageDirectory = options.pageDirectory ?? usualPageDirectory();
  const addRepository = options.addRepository ?? null;
  return listen({
    port: options.port,
    doors,
    callApi,
    responseUrls,
    routes: [
      createPageRoutes({ doors, pageDirectory, teamName: state.team.name, addRepository }),
      createFileRoutes({ state, files, tokens }),
      createSourceRoute({ doors, readSource: options.readSource ?? (async () => null) }),
      createHealthRoute(socket.isConnected),
    ],
    upgrade: (request, stream, head, url) => {
      if (url.pathname === "/link/") return socket.accept(request, stream, head, url.searchParams.get("ticket") ?? "");
      const isPage = url.pathname === "/page/socket" && request.headers.origin !== undefined && doors.holdsPageToken(request, url);
      if (isPage) pageSocket.accept(request, stream, head);
      return isPage;
    },
    onFault: (path, fault) => options.onLog?.(`${path} failed: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`),
  });
}

/** A local stand-in for Slack that the real Bolt connects to, and the page to talk to the app. Everything lives in memory. */
export function createWorkspace(options: WorkspaceOptions): Workspace {
  let server: Awaited<ReturnType<typeof listen>> | null = null;
  const port = (): number => server?.port ?? options.port;
  const baseUrl = (): string => `http://127.0.0.1:${port()}`;
  const parts = assemble(options, baseUrl, port);
  const { state, tokens, pageToken } = parts;
  const userTokens = Object.fromEntries(state.people.map(({ id, name }) => [name, tokens.ofUser.get(id) ?? ""]));
  const events: Events = parts.events;
  return {
    deliverNextTwice: events.deliverNextTwice,
    start: async () => {
      server = await open(options, parts);
      return {
        url: `${baseUrl()}/?token=${pageToken}`,
        apiUrl: `${baseUrl()}/api/`,
        sourceAddress: (place, lines) => sourceAddress(baseUrl(), place, lines),
        port: server.port,
        botToken: tokens.bot,
        appToken: tokens.app,
        userToken: Object.values(userTokens)[0] ?? "",
        userTokens,
        teamId: state.team.id,
        botUserId: state.bot.id,
      };
    },
    stop: async () => {
      await Promise.all([parts.socket.close(), parts.pageSocket.close()]);
      await server?.close();
      server = null;
    },
  };
}
