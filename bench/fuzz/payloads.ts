import type { Random } from "./random.js";
import { nasty } from "./words.js";

const event = {
  type: "event_callback",
  team_id: "T1",
  event_id: "Ev1",
  is_ext_shared_channel: false,
  authorizations: [{ team_id: "T1", user_id: "UGUARD" }],
};
const message = { user: "UANA", text: "<@UGUARD> review lib/a.ex", ts: "1.1", channel: "C1", channel_type: "channel", event_ts: "1.1" };
const person = { team: { id: "T1", domain: "shop" }, user: { id: "UANA", team_id: "T1", name: "ana" }, trigger_id: "1.2.3" };

/** One well-formed payload of each kind Slack delivers. */
export const wellFormed: readonly object[] = [
  { ...event, event: { ...message, type: "app_mention" } },
  {
    ...event,
    event: {
      ...message,
      type: "message",
      thread_ts: "1.0",
      files: [{ id: "F1", name: "a.ex", size: 3, url_private: "https://files.slack.com/a" }],
    },
  },
  { ...event, event: { ...message, type: "message", subtype: "message_changed", message, previous_message: message } },
  { ...event, event: { type: "message", subtype: "message_deleted", channel: "C1", deleted_ts: "1.1" } },
  { ...event, event: { type: "reaction_added", user: "UANA", reaction: "x", item: { type: "message", channel: "C1", ts: "1.1" } } },
  { type: "app_rate_limited", team_id: "T1", minute_rate_limited: 1 },
  {
    command: "/guard",
    text: "audit shop main lib",
    team_id: "T1",
    channel_id: "C1",
    user_id: "UANA",
    trigger_id: "1.2.3",
    response_url: "https://hooks.slack.com/x",
  },
  {
    ...person,
    type: "block_actions",
    channel: { id: "C1" },
    message: { ts: "1.1", thread_ts: "1.0" },
    actions: [{ action_id: "guard:decide:rejected:1", value: "I1", action_ts: "1.2" }],
  },
  {
    ...person,
    type: "message_action",
    callback_id: "guard:review",
    action_ts: "1.2",
    channel: { id: "C1" },
    message: { ts: "1.1", text: "lib/a.ex" },
  },
  {
    ...{ ...person, type: "view_submission" },
    view: {
      ...{
        id: "V1",
        callback_id: "guard:reject",
        private_metadata: '{"channel":"C1","thread":"1.0","message":"1.1","intervention":"I1","problem":"1"}',
      },
      state: {
        values: {
          reason: { reason: { type: "plain_text_input", value: "ten rows" } },
          reach: { reach: { selected_option: { value: "file" } } },
        },
      },
    },
  },
];

/** Values of every other type than the one that is expected. */
const strange: readonly unknown[] = [null, undefined, 0, -1, Number.NaN, 1e308, true, [], {}, [[[]]], { toString: null }, { length: -1 }];

/** Changes a payload at a few places: drops, renames, retypes, repeats or fills with nasty text, deep inside as at the top. */
export function malformed(payload: object, random: Random): unknown {
  let result: unknown = structuredClone(payload);
  for (let times = 1 + random.below(5); times > 0; times -= 1) result = change(result, random);
  return result;
}

function change(value: unknown, random: Random): unknown {
  if (random.chance(0.02)) return random.one(strange);
  if (Array.isArray(value)) return changeList(value as readonly unknown[], random);
  if (typeof value === "object" && value !== null) return changeEntry(value, random);
  if (typeof value === "string" && random.chance(0.6)) return random.one(nasty);
  return random.one(strange);
}

function changeList(values: readonly unknown[], random: Random): unknown {
  if (values.length === 0 || random.chance(0.2)) return [...values, ...values];
  return values.map((value, index) => (index === 0 ? change(value, random) : value));
}

function changeEntry(value: object, random: Random): unknown {
  const entries = Object.entries(value);
  if (entries.length === 0) return random.one(strange);
  const [key, inner] = random.one(entries) as [string, unknown];
  const rest = Object.fromEntries(entries.filter(([name]) => name !== key));
  const way = random.below(6);
  if (way === 0) return rest;
  if (way === 1) return { ...rest, [random.one(nasty).slice(0, 50)]: inner };
  return { ...rest, [key]: change(inner, random) };
}
