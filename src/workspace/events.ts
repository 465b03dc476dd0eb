import type { Identifiers } from "./identifiers.js";
import type { State } from "./state.js";
import type { Change, Channel, Message } from "./types.js";
import { omit } from "./omit.js";

export interface EventsConfig {
  readonly state: State;
  readonly identifiers: Identifiers;
  readonly clock: () => number;
  readonly send: (payload: Readonly<Record<string, unknown>>) => void;
}

export interface Events {
  /** Makes the next event arrive twice with the same event_id, as Slack's redeliveries do. */
  readonly deliverNextTwice: () => void;
}

type Event = Readonly<Record<string, unknown>> & { readonly type: string };

const channelTypes: Readonly<Record<Channel["kind"], string>> = { channel: "channel", group: "group", im: "im" };

/** Fields that belong to the stored message, not to the event about it. */
function asEvent(channel: Channel, message: Message): Event {
  const said = omit(message, "reply_count", "reply_users", "reply_users_count", "latest_reply", "reactions");
  return { ...said, channel: channel.id, channel_type: channelTypes[channel.kind], event_ts: message.ts };
}

function mention(channel: Channel, message: Message): Event {
  const { client_msg_id, text, user, ts, team, blocks, thread_ts, files, edited } = message;
  const optional = Object.entries({ client_msg_id, thread_ts, files, edited }).filter(([, value]) => value !== undefined);
  return { type: "app_mention", user, ts, text, team, blocks, ...Object.fromEntries(optional), channel: channel.id, event_ts: ts };
}

/** The events Slack sends the app for one change, for the subscriptions message.channels, message.groups, message.im, app_mention and reactions. */
function eventsFor(change: Change, bot: string): readonly Event[] {
  switch (change.kind) {
    case "posted": {
      const message = asEvent(change.channel, change.message);
      const mentions = change.message.text.includes(`<@${bot}`) && change.channel.kind !== "im" && change.message.user !== bot;
      return mentions ? [mention(change.channel, change.message), message] : [message];
    }
    case "edited": {
      const { channel, message, previous, ts } = change;
      const place = { channel: channel.id, channel_type: channelTypes[channel.kind], hidden: true, ts, event_ts: ts };
      return [{ type: "message", subtype: "message_changed", ...place, message, previous_message: previous }];
    }
    case "deleted": {
      const { channel, previous, ts } = change;
      const place = { channel: channel.id, channel_type: channelTypes[channel.kind], hidden: true, ts, event_ts: ts };
      return [{ type: "message", subtype: "message_deleted", ...place, deleted_ts: previous.ts, previous_message: previous }];
    }
    case "reacted": {
      const { channel, message, user, reaction, added, ts } = change;
      const item = { type: "message", channel: channel.id, ts: message.ts };
      return [{ type: added ? "reaction_added" : "reaction_removed", user, reaction, item, item_user: message.user, event_ts: ts }];
    }
    default:
      return [];
  }
}

/** Tells the app what happens in the channels it is in. */
export function connectEvents(config: EventsConfig): Events {
  const { state, identifiers, clock, send } = config;
  let twice = false;
  const wrap = (event: Event): Readonly<Record<string, unknown>> => ({
    token: "workspace",
    team_id: state.team.id,
    context_team_id: state.team.id,
    context_enterprise_id: null,
    api_app_id: state.team.appId,
    type: "event_callback",
    event_id: identifiers.next("Ev"),
    event_time: Math.floor(clock() / 1000),
    is_ext_shared_channel: false,
    authorizations: [{ enterprise_id: null, team_id: state.team.id, user_id: state.bot.id, is_bot: true, is_enterprise_install: false }],
    event,
  });
  state.listen((change) => {
    if (!("channel" in change) || !change.channel.members.includes(state.bot.id)) return;
    for (const event of eventsFor(change, state.bot.id)) {
      const payload = wrap(event);
      send(payload);
      if (twice) send(payload);
      twice = false;
    }
  });
  return { deliverNextTwice: () => void (twice = true) };
}
