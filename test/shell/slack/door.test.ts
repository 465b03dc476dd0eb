import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSlackDoor } from "../../../src/shell/slack/door.js";
import type { SlackDoor } from "../../../src/shell/slack/door.js";
import { createWorkspace } from "../../../src/workspace/workspace.js";
import type { RunningWorkspace, Workspace } from "../../../src/workspace/workspace.js";
import { createTestLog } from "../../support/bot.js";
import { startFaultySlack } from "../../support/faulty-slack.js";
import type { FaultySlack } from "../../support/faulty-slack.js";

let workspace: Workspace;
let running: RunningWorkspace;
let slack: FaultySlack;
let door: SlackDoor;
let channel: string;
let ana: WebClient;
const log = createTestLog();

beforeEach(async () => {
  workspace = createWorkspace({ port: 0, limitsRates: false });
  running = await workspace.start();
  slack = await startFaultySlack(running.apiUrl);
  door = createSlackDoor({ botToken: running.botToken, appToken: running.appToken, apiUrl: slack.apiUrl, log, clock: Date.now });
  ana = new WebClient(running.userToken, { slackApiUrl: running.apiUrl, retryConfig: { retries: 0 } });
  channel = (await ana.conversations.list()).channels?.[0]?.id ?? "";
});
afterEach(async () => {
  await door.close();
  await slack.stop();
  await workspace.stop();
  expect(JSON.stringify(log.lines)).not.toMatch(/xox[bp]-\w|xapp-\w/);
});

async function history() {
  return (await ana.conversations.history({ channel })).messages ?? [];
}

const hello = { text: "hello", blocks: [] };

describe("a post", () => {
  it.each(["lost", "broken"] as const)("whose answer is %s stands once, because Guard looks before it posts again", async (fault) => {
    slack.breakNext("chat.postMessage", fault);
    const posted = await door.messenger.post({ channel, thread: null }, hello);
    const [only, ...others] = await history();
    expect(posted).toEqual({ kind: "posted", ts: only?.ts });
    expect(others).toEqual([]);
  });

  it("that was lost in a thread is found in the thread", async () => {
    const root = (await ana.chat.postMessage({ channel, text: "root" })).ts ?? "";
    slack.breakNext("chat.postMessage", "lost");
    await door.messenger.post({ channel, thread: root }, hello);
    expect((await ana.conversations.replies({ channel, ts: root })).messages?.map(({ text }) => text)).toEqual(["root", "hello"]);
  });

  it("that never reached Slack is sent again", async () => {
    slack.breakNext("chat.postMessage", "unreachable");
    expect((await door.messenger.post({ channel, thread: null }, hello)).kind).toBe("posted");
    expect((await history()).length).toBe(1);
  });

  it("that is rate-limited waits as long as Slack says, and holds up nothing else", async () => {
    slack.breakNext("chat.postMessage", { retryAfter: 1 });
    const began = performance.now();
    const finished: string[] = [];
    const limited = door.messenger.post({ channel, thread: null }, hello).then((posted) => (finished.push("post"), posted));
    await door.messenger.react({ channel, ts: (await ana.chat.postMessage({ channel, text: "x" })).ts ?? "" }, "eyes");
    finished.push("reaction");
    expect((await limited).kind).toBe("posted");
    expect(finished).toEqual(["reaction", "post"]);
    expect(performance.now() - began).toBeGreaterThan(990);
  });

  it("that Slack refuses gives the reason and is not repeated", async () => {
    slack.breakNext("chat.postMessage", { error: "is_archived" });
    expect(await door.messenger.post({ channel, thread: null }, hello)).toEqual({ kind: "failed", reason: "is_archived" });
    expect(slack.calls.filter((method) => method === "chat.postMessage").length).toBe(1);
  });

  it("pings nobody, whatever text got into it", async () => {
    const nasty = "<!channel> <!subteam^S1|all> <@U1> <#C1|x> @here <https://ok.example|fine>";
    const rich = {
      type: "rich_text",
      elements: [
        {
          type: "rich_text_section",
          elements: [
            { type: "broadcast", range: "channel" },
            { type: "text", text: "x" },
          ],
        },
      ],
    };
    await door.messenger.post(
      { channel, thread: null },
      { text: nasty, blocks: [{ type: "section", text: { type: "mrkdwn", text: nasty } }, rich] },
    );
    const shown = JSON.stringify((await history())[0]);
    expect(shown).not.toMatch(/<[!@#]|"broadcast"|@here/);
    expect(shown).toContain("<https://ok.example|fine>");
  });
});

describe("the other ways out", () => {
  it("edits, reacts twice without complaint, links, names and uploads into the thread", async () => {
    const { messenger } = door;
    const posted = await messenger.post({ channel, thread: null }, hello);
    const ts = posted.kind === "posted" ? posted.ts : "";
    await messenger.update({ channel, ts }, { text: "@channel edited", blocks: [] });
    await messenger.react({ channel, ts }, "eyes");
    await messenger.react({ channel, ts }, "eyes");
    expect(
      await messenger.upload({ channel, thread: ts }, { name: "a.patch", title: "A", content: "--- a\n", snippetType: "diff" }),
    ).toMatchObject({ kind: "posted" });
    const [root, file] = (await ana.conversations.replies({ channel, ts })).messages ?? [];
    expect(root?.text).toBe("@\u200bchannel edited");
    expect(file?.files?.[0]?.name).toBe("a.patch");
    expect(await messenger.permalink({ channel, ts })).toContain(channel);
    expect(await messenger.permalink({ channel, ts: "1.1" })).toBeNull();
    expect(await messenger.userName((await ana.auth.test()).user_id ?? "")).toBe("ana");
    expect(await messenger.userName("UNOBODY")).toBe("UNOBODY");
    expect(await messenger.update({ channel, ts: "1.1" }, hello)).toMatchObject({ kind: "failed" });
  });
});

describe("signing in", () => {
  it.each([
    ["auth.test", { error: "token_revoked" }, /^Slack refuses SLACK_BOT_TOKEN \(token_revoked\): .*start Guard again\.$/],
    ["auth.test", { error: "account_inactive" }, /SLACK_BOT_TOKEN \(account_inactive\)/],
  ] as const)("%s answering %j is told in a sentence", async (method, fault, sentence) => {
    slack.breakNext(method, fault);
    expect(await door.signIn()).toMatchObject({ kind: "failed", sentence: expect.stringMatching(sentence) as string });
  });

  it("a refused app token is told in a sentence too", async () => {
    await door.signIn();
    slack.breakNext("apps.connections.open", { error: "invalid_auth" });
    expect(await door.connect(async () => undefined)).toMatchObject({
      kind: "failed",
      sentence: expect.stringContaining("SLACK_APP_TOKEN (invalid_auth)") as string,
    });
  });

  it("a dead network is told within seconds", async () => {
    const lonely = createSlackDoor({ botToken: "x", appToken: "x", apiUrl: "http://127.0.0.1:9/api/", log, clock: Date.now });
    expect(await lonely.signIn()).toMatchObject({ kind: "failed", sentence: expect.stringContaining("Slack cannot be reached") as string });
  });
});

describe("the connection", () => {
  async function connected(accept: (payload: unknown) => Promise<void>): Promise<void> {
    expect(await door.signIn()).toMatchObject({ kind: "signed_in" });
    expect(await door.connect(accept)).toEqual({ kind: "connected" });
  }

  it("hears again at once after it was cut, and after Slack asks to reconnect", async () => {
    const heard: unknown[] = [];
    await connected(async (payload) => void heard.push(payload));
    for (const [count, interrupt] of [
      [2, () => slack.cut()],
      [3, () => slack.inject({ type: "disconnect", reason: "refresh_requested" })],
    ] as const) {
      const began = performance.now();
      interrupt();
      await vi.waitFor(() => expect(slack.connections()).toBe(count), { timeout: 4_000, interval: 20 });
      expect(performance.now() - began).toBeLessThan(4_000); // by itself the SDK waits 5 s
      await vi.waitFor(async () => {
        await ana.chat.postMessage({ channel, text: `<@${running.botUserId}> ${count}` });
        expect(JSON.stringify(heard)).toContain(`> ${count}`);
      });
    }
  });

  it("keeps trying when reconnecting fails at first", async () => {
    await connected(async () => undefined);
    slack.breakNext("apps.connections.open", "unreachable");
    slack.breakNext("apps.connections.open", "broken");
    slack.cut();
    await vi.waitFor(() => expect(slack.connections()).toBe(2), { timeout: 6_000, interval: 20 });
  });

  it("survives frames it cannot read", async () => {
    const heard: unknown[] = [];
    await connected(async (payload) => void heard.push(payload));
    slack.inject({ type: "events_api", envelope_id: "e1", payload: { type: "app_rate_limited", team_id: "T1", minute_rate_limited: 1 } });
    slack.inject({ type: "events_api" });
    await ana.chat.postMessage({ channel, text: `<@${running.botUserId}> still there?` });
    await vi.waitFor(() => expect(JSON.stringify(heard)).toContain("still there?"));
    expect(slack.connections()).toBe(1);
  });

  it("acknowledges an event when it is accepted, and not when it is not", async () => {
    const asked = { open: false };
    await connected(async () => {
      if (!asked.open) throw new Error("the disk is full");
    });
    const event = (id: string) => ({
      ...{ type: "events_api", envelope_id: id, accepts_response_payload: false },
      payload: {
        type: "event_callback",
        team_id: running.teamId,
        event_id: id,
        event: { type: "app_mention", user: "U1", text: "x", ts: "1.1", channel },
      },
    });
    slack.inject(event("refused"));
    await vi.waitFor(() => expect(log.lines.map(({ message }) => message).join()).toContain("was not accepted"));
    asked.open = true;
    slack.inject(event("accepted"));
    await vi.waitFor(() => expect(slack.acknowledged).toContain("accepted"));
    expect(slack.acknowledged).not.toContain("refused");
  });

  it("says once when a token was revoked while it ran", async () => {
    const lost: string[] = [];
    await door.close();
    door = createSlackDoor({
      botToken: running.botToken,
      appToken: running.appToken,
      apiUrl: slack.apiUrl,
      log,
      clock: Date.now,
      onLost: (sentence) => lost.push(sentence),
    });
    await connected(async () => undefined);
    slack.breakNext("apps.connections.open", { error: "invalid_auth" });
    slack.cut();
    await vi.waitFor(() => expect(lost).toEqual([expect.stringContaining("SLACK_APP_TOKEN")]), { timeout: 4_000 });
  });
});
