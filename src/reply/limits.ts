/**
 * Slack's limits that Guard's messages keep, in characters or items. Source marks: [types] the SDK's own types (@slack/types 3.2),
 * [ref] Slack's method reference, [measured] third parties' published measurements; where sources differ the smaller one stands.
 */
export const limits = {
  /** [ref] chat.postMessage `msg_blocks_too_many`. */
  blocksPerMessage: 50,
  /** [measured] posts are split past 4,000 and chat.update refuses more [ref `msg_too_long`]; some room is left for the SDK's own escapes. */
  messageText: 3_900,
  /** Text over all blocks of one message. No source gives a figure for `msg_blocks_too_long`; this is the `markdown` block's cumulative limit. */
  messageBlocksText: 12_000,
  /** [types] section.text. */
  sectionText: 3_000,
  /** [types] header.text. */
  headerText: 150,
  /** [types] context.elements. */
  contextElements: 10,
  /** Kept as short as a section's text: a context element's own limit is not documented in the types. */
  contextText: 2_000,
  /** [types] actions.elements. */
  actionElements: 25,
  /** [types] button text (about 30 are shown), value and url. */
  buttonText: 75,
  buttonValue: 2_000,
  url: 3_000,
  /** [types] block_id and action_id. */
  identifier: 255,
  /** [ref] files.getUploadURLExternal `snippet_too_large`. */
  snippetBytes: 1_000_000,
  /** Longer code goes into a file: past this a thread is no longer read. Guard's own choice. */
  codeLines: 40,
} as const;
