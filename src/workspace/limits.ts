/** Slack's published limits, with where each comes from; lengths are characters, sizes bytes, times milliseconds. */
export const limits = {
  /** chat.postMessage truncates longer text (docs.slack.dev, chat.postMessage, "Truncating content"). */
  postedText: 40_000,
  /** chat.update refuses longer text with msg_too_long (method reference). */
  updatedText: 4_000,
  /** markdown_text (method reference). */
  markdownText: 12_000,
  blocksInMessage: 50,
  /** Snippets are "limited to 1MB" (files.getUploadURLExternal). */
  snippetBytes: 1_048_576,
  /** This workspace keeps files in memory, so it stops well below Slack's 1 GB. */
  fileBytes: 64 * 1_048_576,
  /** A request body of the Web API; Slack's own figure is not published. */
  bodyBytes: 4 * 1_048_576,
  /** An event, command or click must be acknowledged within this time. */
  acknowledge: 3_000,
  /** Redeliveries of an event that nobody acknowledged: at once, after 1 minute, after 5 minutes. */
  redeliverAfter: [0, 60_000, 300_000],
  /** A trigger opens one view within this time. */
  triggerLife: 3_000,
  blocksInView: 100,
  /** Modals that may lie on each other (views.push, `push_limit_reached`). */
  viewsInStack: 3,
  /** A view as JSON (views.open, `view_too_large`). */
  viewBytes: 250_000,
  responseUrlUses: 5,
  responseUrlLife: 30 * 60_000,
  /** Connections one app may hold open over Socket Mode. */
  connections: 10,
  /** How long a Socket Mode ticket may wait for its one use. */
  ticketLife: 30_000,
  /** Different emoji on one message. */
  emojiOnMessage: 23,
  /** The largest page of a listing. */
  page: 1_000,
} as const;

/** Calls a minute the app may make to each method (docs.slack.dev, "Rate limits"; chat.postMessage is about one a second a channel). */
export const tiers = { one: 1, two: 20, three: 50, four: 100, posting: 60, unlimited: Number.POSITIVE_INFINITY } as const;
export type Tier = keyof typeof tiers;
