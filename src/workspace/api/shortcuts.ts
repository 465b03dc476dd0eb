import { failure, type Answer } from "../errors.js";
import type { Identifiers } from "../identifiers.js";
import type { ResponseUrls } from "../response-urls.js";
import type { AppSocket } from "../socket.js";
import type { State } from "../state.js";
import type { Triggers } from "../triggers.js";
import type { Caller } from "../types.js";
import { namedMessage, visibleChannel } from "./access.js";
import type { Call, Methods } from "./method.js";

export interface ShortcutsConfig {
  readonly state: State;
  readonly identifiers: Identifiers;
  readonly socket: AppSocket;
  readonly responseUrls: ResponseUrls;
  readonly triggers: Triggers;
  /** The callback ids of the shortcuts the app declares. */
  readonly shortcuts: readonly string[];
}

type PersonCall = Call<Extract<Caller, { kind: "user" }>>;

async function onMessage(config: ShortcutsConfig, { caller, given }: PersonCall): Promise<Answer> {
  const { state, identifiers, responseUrls, triggers } = config;
  const callback = given.text("callback_id") ?? "";
  if (!config.shortcuts.includes(callback)) return failure("invalid_arguments", [`${callback} is not a shortcut of this workspace`]);
  const channel = visibleChannel(state, caller, given);
  if (!channel.ok) return channel;
  const message = namedMessage(state, channel.value, given.text("message_ts"));
  if (!message.ok) return message;
  const { id, name } = caller.user;
  const outcome = await config.socket.ask("interactive", {
    type: "message_action",
    callback_id: callback,
    ...{ token: "workspace", action_ts: identifiers.ts(), trigger_id: triggers.issue(id), is_enterprise_install: false, enterprise: null },
    team: { id: state.team.id, domain: state.team.domain },
    user: { id, username: name, name, team_id: state.team.id },
    channel: { id: channel.value.id, name: channel.value.kind === "im" ? "directmessage" : channel.value.name },
    message: message.value,
    message_ts: message.value.ts,
    response_url: responseUrls.issue("actions", { channel: channel.value, user: id, clicked: null }),
  });
  if (outcome.kind === "nobody_connected") return failure("dispatch_failed");
  return outcome.kind === "timed_out" ? failure("operation_timeout") : { ok: true };
}

/** What a person picks from a message's menu. */
export const shortcutMethods = (config: ShortcutsConfig): Methods => ({
  "shortcuts.message": { callers: "people", tier: "unlimited", answer: (call) => onMessage(config, call) },
});
