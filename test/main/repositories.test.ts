import { describe, expect, it } from "vitest";
import { startHealth } from "../../src/main/health.js";
import { createRepositories } from "../../src/main/repositories.js";
import { createOpenTree } from "../../src/shell/git/open-tree.js";
import { createFolder, createRepository } from "../support/repository.js";

describe("a repository added on the page", () => {
  it("is looked at first, gets a free name, and opens its own folder alone", async () => {
    const shop = await createRepository({ files: { "lib/a.ex": "a" } });
    const repositories = createRepositories([]);
    const openTree = createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: repositories.mayReadFolder });
    const first = await repositories.add(shop.path, openTree);
    expect(first).toMatchObject({ ok: true });
    expect(await repositories.add(shop.path, openTree)).toEqual(first);
    expect(repositories.all().map(({ url, channels }) => ({ url, channels }))).toEqual([{ url: shop.path, channels: ["*"] }]);
    expect(repositories.mayReadFolder(shop.path)).toBe(true);
    expect(repositories.mayReadFolder("/etc")).toBe(false);
  });

  it.each([
    ["/no/such/folder", /no folder \/no\/such\/folder/],
    ["--upload-pack=evil", /reads as an option/],
    ["http://example.com/x.git", /does not fetch/],
  ])("that is %s gets a sentence and stays out", async (location, sentence) => {
    const repositories = createRepositories([]);
    const openTree = createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: repositories.mayReadFolder });
    expect(await repositories.add(location, openTree)).toMatchObject({ ok: false, sentence: expect.stringMatching(sentence) as string });
    expect(repositories.all()).toEqual([]);
  });
});

describe("/healthz", () => {
  it("answers 503 until Guard is connected, then 200, and serves nothing else", async () => {
    let connected = false;
    const started = await startHealth(0, () => connected);
    if (started.kind === "failed") throw new Error(started.sentence);
    const address = `http://127.0.0.1:${started.health.port}`;
    expect((await fetch(`${address}/healthz`)).status).toBe(503);
    connected = true;
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    expect((await fetch(`${address}/`)).status).toBe(404);
    const taken = await startHealth(started.health.port, () => true);
    expect(taken).toMatchObject({ kind: "failed", sentence: expect.stringContaining("set GUARD_PORT") as string });
    await started.health.close();
  });
});
