import { describe, expect, it } from "vitest";
import { readGesture } from "../../src/intake/gestures.js";

const self = { team: "T1", user: "UGUARD", bot: "BGUARD" };

function callback(event: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) {
  return { type: "event_callback", team_id: "T9", authorizations: [{ team_id: "T1" }], event, ...more };
}

const item = { type: "message", channel: "C1", ts: "1.1" };
const changed = (message: object, previous: object) =>
  callback({
    type: "message",
    subtype: "message_changed",
    channel: "C1",
    message: { ts: "1.1", ...message },
    previous_message: { ts: "1.1", ...previous },
  });

describe("a gesture", () => {
  it("of a cross is read with who made it, where, and whether the channel is shared", () => {
    const crossed = callback({ type: "reaction_added", user: "UANA", reaction: "x", item }, { is_ext_shared_channel: true });
    expect(readGesture(crossed, self)).toEqual({
      kind: "crossed_out",
      team: "T1",
      channel: "C1",
      message: "1.1",
      user: "UANA",
      external: true,
    });
  });

  it("of deleting is read with the message that is gone", () => {
    const deleted = callback({ type: "message", subtype: "message_deleted", channel: "C1", deleted_ts: "1.1" });
    expect(readGesture(deleted, self)).toEqual({ kind: "deleted", team: "T1", channel: "C1", message: "1.1" });
  });

  it("of editing is read with the new words, without Guard's mention", () => {
    const edited = changed({ user: "UANA", text: "<@UGUARD> review lib/b.ex" }, { user: "UANA", text: "<@UGUARD> review lib/a.ex" });
    expect(readGesture(edited, self)).toMatchObject({ kind: "edited", user: "UANA", words: "review lib/b.ex" });
  });

  it.each([
    ["another reaction", callback({ type: "reaction_added", user: "UANA", reaction: "eyes", item })],
    ["Guard's own reaction", callback({ type: "reaction_added", user: "UGUARD", reaction: "x", item })],
    ["a reaction to a file", callback({ type: "reaction_added", user: "UANA", reaction: "x", item: { type: "file", file: "F1" } })],
    ["an unfurled link", changed({ user: "UANA", text: "see https://a.b" }, { user: "UANA", text: "see https://a.b" })],
    ["Guard's own edit", changed({ user: "UGUARD", bot_id: "BGUARD", text: "new" }, { user: "UGUARD", text: "old" })],
    ["another bot's edit", changed({ user: "UBOT", bot_id: "B2", text: "new" }, { user: "UBOT", text: "old" })],
    ["plain words", callback({ type: "message", user: "UANA", channel: "C1", ts: "1.1", text: "hello" })],
    ["nothing at all", null],
    ["nonsense", callback({ type: "reaction_added", user: 5, reaction: [], item: "x" })],
  ])("is not %s", (_, payload) => expect(readGesture(payload, self)).toBeNull());
});
