import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSlackPayload } from "../../src/intake/slack.js";

const self = { team: "T1", user: "UGUARD", bot: "BGUARD" };

function eventPayload(event: Record<string, unknown>, envelope: Record<string, unknown> = {}): unknown {
  const usual = { type: "message", user: "UANA", ts: "1.1", channel: "C1", channel_type: "channel", text: "hello" };
  return { type: "event_callback", team_id: "T1", event_id: "Ev1", event: { ...usual, ...event }, ...envelope };
}

function incomingFrom(payload: unknown) {
  const read = readSlackPayload(payload, self);
  if (read.kind === "ignored") throw new Error(`ignored: ${read.reason}`);
  return read.incoming;
}

describe("what Slack delivers", () => {
  it("becomes words without Guard's own mention, entities unescaped and links as they were typed", () => {
    const text =
      "<@UGUARD> review <http://urls.py|urls.py> &amp; <https://github.com/a/b/blob/main/x.ex|this> in <#C2|backend> for <@UBEN|ben> &lt;3";
    const incoming = incomingFrom(eventPayload({ type: "app_mention", text }));
    expect(incoming.words).toBe("review urls.py & https://github.com/a/b/blob/main/x.ex in #backend for @ben <3");
    expect(incoming.asker).toEqual({ team: "T1", channel: "C1", user: "UANA", ts: "1.1", thread: "1.1" });
    expect(incoming.door).toBe("mention");
  });

  it("gives the same from the message as from the mention Slack sends beside it", () => {
    const said = { text: "<@UGUARD> help" };
    const { words, asker, door } = incomingFrom(eventPayload({ ...said, type: "message" }));
    expect({ words, asker, door }).toEqual({ words: "help", asker, door: "mention" });
    expect(incomingFrom(eventPayload({ ...said, type: "app_mention" })).asker).toEqual(asker);
  });

  it("keeps of an attached file only what fetching it needs", () => {
    const file = { id: "F1", name: "a.ex", size: 9, url_private_download: "https://files.slack.com/a.ex", user: "UANA", preview: "secret" };
    const incoming = incomingFrom(eventPayload({ subtype: "file_share", text: "<@UGUARD> review this", files: [file] }));
    expect(incoming.files).toEqual([{ id: "F1", name: "a.ex", size: 9, url: "https://files.slack.com/a.ex" }]);
  });

  it("takes a broadcast thread reply and knows its thread", () => {
    const incoming = incomingFrom(eventPayload({ subtype: "thread_broadcast", thread_ts: "0.9", text: "why is 2 critical" }));
    expect(incoming).toMatchObject({ threaded: true, door: "message", asker: { thread: "0.9" } });
  });

  it.each([
    ["its own message", { user: "UGUARD" }, "own_message"],
    ["its own post as a bot", { bot_id: "BGUARD" }, "own_message"],
    ["another bot, even one that mentions it", { bot_id: "BOTHER", text: "<@UGUARD> review x.ex" }, "bot_message"],
    ["an edit", { subtype: "message_changed", text: "<@UGUARD> review" }, "unsupported_subtype"],
    ["a deletion", { subtype: "message_deleted" }, "unsupported_subtype"],
    ["a join notice", { subtype: "channel_join", text: "<@UGUARD>" }, "unsupported_subtype"],
    ["Slack's own notices", { user: "USLACK", channel_type: "im" }, "system_message"],
    ["channel talk that does not mention it", { text: "morning" }, "not_for_guard"],
    ["a mention inside a code block", { type: "app_mention", text: "```<@UGUARD> review```" }, "not_for_guard"],
    ["a mention inside a quote", { text: "&gt; <@UGUARD> review\nwhat did you mean?" }, "not_for_guard"],
    ["a thread reply to somebody else", { thread_ts: "0.9", text: "<@UBEN> what do you think" }, "other_people_talking"],
    ["a thread reply to everyone", { thread_ts: "0.9", text: "<!here> proceed" }, "other_people_talking"],
  ])("ignores %s", (_, event, reason) => {
    expect(readSlackPayload(eventPayload(event), self)).toEqual({ kind: "ignored", reason });
  });

  it("marks what comes from another organisation and takes the installation's own team", () => {
    const shared = eventPayload({ text: "<@UGUARD> help", user_team: "T9" }, { team_id: "T9", authorizations: [{ team_id: "T1" }] });
    expect(incomingFrom(shared)).toMatchObject({ external: true, asker: { team: "T1" } });
    expect(incomingFrom(eventPayload({ text: "<@UGUARD> help" }, { is_ext_shared_channel: true })).external).toBe(true);
  });

  it("reads a slash command, whose trigger stands for a timestamp", () => {
    const command = {
      command: "/guard",
      text: "audit shop",
      team_id: "T1",
      channel_id: "C1",
      user_id: "UANA",
      trigger_id: "13.37",
      response_url: "https://hooks.slack.com/x",
    };
    expect(incomingFrom(command)).toMatchObject({
      door: "command",
      words: "audit shop",
      asker: { ts: "13.37" },
      responseUrl: "https://hooks.slack.com/x",
    });
  });

  it("reads a pressed button with the message it stood under", () => {
    const pressed = {
      type: "block_actions",
      team: { id: "T1" },
      user: { id: "UANA", team_id: "T1" },
      channel: { id: "C1" },
      message: { ts: "2.0", thread_ts: "1.1" },
      actions: [{ action_id: "guard:all_problems", value: "I1", action_ts: "3.0" }],
    };
    const incoming = incomingFrom(pressed);
    expect(incoming.button).toEqual({ action: "guard:all_problems", value: "I1", message: "2.0" });
    expect(incoming.asker).toMatchObject({ ts: "3.0", thread: "1.1", user: "UANA" });
  });

  it("never throws, whatever arrives", () => {
    fc.assert(
      fc.property(fc.anything(), (payload) => {
        expect(["incoming", "ignored"]).toContain(readSlackPayload(payload, self).kind);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readSlackPayload(eventPayload({ text: `<@UGUARD> ${text}` }), self).kind).toMatch(/incoming|ignored/);
      }),
    );
  });
});
