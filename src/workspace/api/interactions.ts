import { failure, found, missingField, type Answer, type Found } from "../errors.js";
import type { Identifiers } from "../identifiers.js";
import type { Origin, ResponseUrls } from "../response-urls.js";
import type { AppSocket, Outcome } from "../socket.js";
import type { State } from "../state.js";
import type { Triggers } from "../triggers.js";
import { findButton, type Button } from "../buttons.js";
import type { Channel, Message, User } from "../types.js";
import { visibleChannel } from "./access.js";
import type { Call, Methods } from "./method.js";
import type { Caller } from "../types.js";

export interface InteractionsConfig {
  readonly state: State;
  readonly identifiers: Identifiers;
  readonly socket: AppSocket;
  readonly responseUrls: ResponseUrls;
  readonly triggers: Triggers;
  /** The slash commands the app declares, such as `/guard`. */
  readonly commands: readonly string[];
}

type PersonCall = Call<Extract<Caller, { kind: "user" }>>;

const carriesAnswer = (payload: unknown): boolean =>
  (typeof payload === "string" && payload !== "") ||
  (typeof payload === "object" && payload !== null && ("text" in payload || "blocks" in payload));

/** Shows what the acknowledgement says; a missing one becomes the error Slack shows the person. */
function settle(config: InteractionsConfig, origin: Origin, outcome: Outcome): Answer {
  if (outcome.kind === "nobody_connected") return failure("dispatch_failed");
  if (outcome.kind === "timed_out") return failure("operation_timeout");
  if (!carriesAnswer(outcome.payload)) return { ok: true };
  const said = config.responseUrls.say(origin, outcome.payload);
  return said.ok ? { ok: true, response: outcome.payload } : said;
}

async function command(config: InteractionsConfig, { caller, given }: PersonCall): Promise<Answer> {
  const { state, triggers } = config;
  const name = given.text("command");
  if (name === undefined) return missingField("command");
  if (!config.commands.includes(name)) return failure("invalid_arguments", [`${name} is not a command of this workspace`]);
  const channel = visibleChannel(state, caller, given);
  if (!channel.ok) return channel;
  const origin: Origin = { channel: channel.value, user: caller.user.id, clicked: null };
  const outcome = await config.socket.ask("slash_commands", {
    token: "workspace",
    team_id: state.team.id,
    team_domain: state.team.domain,
    channel_id: channel.value.id,
    channel_name: channel.value.kind === "im" ? "directmessage" : channel.value.kind === "group" ? "privategroup" : channel.value.name,
    user_id: caller.user.id,
    user_name: caller.user.name,
    command: name,
    text: (given.text("text") ?? "").trim(),
    api_app_id: state.team.appId,
    is_enterprise_install: "false",
    response_url: config.responseUrls.issue("commands", origin),
    trigger_id: triggers.issue(caller.user.id),
  });
  return settle(config, origin, outcome);
}

interface Clicked {
  readonly channel: Channel;
  readonly message: Message;
  readonly isEphemeral: boolean;
  readonly button: Button;
}

function findClicked(state: State, { caller, given }: PersonCall): Found<Clicked> {
  const channel = visibleChannel(state, caller, given);
  if (!channel.ok) return channel;
  const ts = given.text("message_ts") ?? "";
  const ephemeral = state
    .ephemerals()
    .find((one) => one.user === caller.user.id && one.channel === channel.value.id && one.message.ts === ts);
  const message = ephemeral?.message ?? state.message(channel.value.id, ts);
  if (message === undefined) return failure("message_not_found");
  const button = findButton(message.blocks, given.text("action_id") ?? "", given.text("block_id"));
  if (button === undefined) return failure("invalid_arguments", ["no such action in this message"]);
  return found({ channel: channel.value, message, isEphemeral: ephemeral !== undefined, button });
}

function clickPayload(
  { state, identifiers, triggers }: InteractionsConfig,
  user: User,
  clicked: Clicked,
  responseUrl: string,
): Readonly<Record<string, unknown>> {
  const { channel, message, isEphemeral, button } = clicked;
  const thread = message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts };
  return {
    type: "block_actions",
    user: { id: user.id, username: user.name, name: user.name, team_id: state.team.id },
    api_app_id: state.team.appId,
    token: "workspace",
    container: { type: "message", message_ts: message.ts, channel_id: channel.id, is_ephemeral: isEphemeral, ...thread },
    trigger_id: triggers.issue(user.id),
    team: { id: state.team.id, domain: state.team.domain },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel.id, name: channel.kind === "im" ? "directmessage" : channel.name },
    ...(isEphemeral ? {} : { message }),
    state: { values: {} },
    response_url: responseUrl,
    actions: [{ ...button, action_ts: identifiers.ts() }],
  };
}

async function click(config: InteractionsConfig, call: PersonCall): Promise<Answer> {
  const clicked = findClicked(config.state, call);
  if (!clicked.ok) return clicked;
  const { channel, message, isEphemeral } = clicked.value;
  const origin: Origin = { channel, user: call.caller.user.id, clicked: { message, isEphemeral } };
  const responseUrl = config.responseUrls.issue("actions", origin);
  const outcome = await config.socket.ask("interactive", clickPayload(config, call.caller.user, clicked.value, responseUrl));
  return outcome.kind === "acknowledged" ? { ok: true } : settle(config, origin, outcome);
}

/** What a person does besides writing: typing a slash command and clicking a button. Slack's own web client uses these two names. */
export const interactionMethods = (config: InteractionsConfig): Methods => ({
  "chat.command": { callers: "people", tier: "unlimited", answer: (call) => command(config, call) },
  "blocks.actions": { callers: "people", tier: "unlimited", answer: (call) => click(config, call) },
});
