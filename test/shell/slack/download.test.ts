import { WebClient } from "@slack/web-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDownload } from "../../../src/shell/slack/download.js";
import { createWorkspace } from "../../../src/workspace/workspace.js";
import type { RunningWorkspace } from "../../../src/workspace/workspace.js";
import { createTestLog } from "../../support/bot.js";

const workspace = createWorkspace({ port: 0, limitsRates: false });
let running: RunningWorkspace;
let ana: WebClient;

beforeAll(async () => {
  running = await workspace.start();
  ana = new WebClient(running.userToken, { slackApiUrl: running.apiUrl });
});
afterAll(() => workspace.stop());

async function uploaded(name: string, content: Buffer): Promise<{ name: string; url: string | null; size: number | null }> {
  const channel = (await ana.conversations.list()).channels?.[0]?.id ?? "";
  await ana.filesUploadV2({ channel_id: channel, filename: name, file: content });
  const file = (await ana.conversations.history({ channel })).messages
    ?.flatMap(({ files }) => files ?? [])
    .find((candidate) => candidate.name === name);
  return { name, url: file?.url_private_download ?? null, size: file?.size ?? null };
}

function download(token = running.botToken) {
  return createDownload(token, running.apiUrl, createTestLog());
}

describe("an attached file", () => {
  it("is fetched with the bot's token and decoded, Latin-1 too", async () => {
    expect(await download()(await uploaded("a.ex", Buffer.from("defmodule A do\nend\n")))).toEqual({
      kind: "downloaded",
      text: "defmodule A do\nend\n",
    });
    expect(await download()(await uploaded("latin.ex", Buffer.from("# caf\xe9\n", "latin1")))).toEqual({
      kind: "downloaded",
      text: "# café\n",
    });
  });

  it("that is binary is named as such", async () => {
    expect(await download()(await uploaded("b.beam", Buffer.from([70, 79, 82, 49, 0, 0, 1])))).toMatchObject({
      sentence: "b.beam is a binary file; Guard reads source text.",
    });
  });

  it("over 5 MB is refused by its stated size, and by its true one when none was stated", async () => {
    const file = await uploaded("big.ex", Buffer.alloc(5 * 1024 * 1024 + 1, "x"));
    const sentence = expect.stringContaining("larger than 5 MB") as string;
    expect(await download()(file)).toMatchObject({ sentence });
    expect(await download()({ ...file, size: null })).toMatchObject({ sentence });
  });

  it("without the right to read it gets a sentence, not a log-in page for code", async () => {
    expect(await download("nonsense")(await uploaded("c.ex", Buffer.from("x")))).toMatchObject({
      kind: "failed",
      sentence: expect.stringMatching(/c\.ex is not readable for Guard/) as string,
    });
  });

  it("elsewhere is not fetched: the token would go there", async () => {
    expect(await download()({ name: "d.ex", url: "https://evil.example/d.ex", size: 1 })).toMatchObject({
      sentence: expect.stringContaining("outside Slack") as string,
    });
    expect(await download()({ name: "e.ex", url: null, size: null })).toMatchObject({
      sentence: expect.stringContaining("not open to Guard") as string,
    });
  });
});
