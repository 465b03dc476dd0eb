import { execFileSync } from "node:child_process";
import { readdirSync, renameSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { OpenedTree } from "../../../src/model/tree.js";
import { createOpenTree, type OpenTreeConfig } from "../../../src/shell/git/open-tree.js";
import { createFolder, createRepository } from "../../support/repository.js";

function createMirror(more: Partial<OpenTreeConfig> = {}) {
  const dataDirectory = createFolder();
  const time = { now: 1_000_000 };
  const warnings: string[] = [];
  const log = { info: () => undefined, warn: (_: unknown, message: string) => warnings.push(message), error: () => undefined };
  const open = createOpenTree({ dataDirectory, allowLocalPaths: true, staleAfterMs: 60_000, clock: () => time.now, log, ...more });
  return { open, time, warnings, mirrors: () => readdirSync(join(dataDirectory, "mirrors")) };
}

async function textAt(opened: OpenedTree, path = "a.ex"): Promise<string | null> {
  if (opened.kind === "failed") return `${opened.reason}: ${opened.sentence}`;
  const entries = (await opened.tree.list()).filter((entry) => entry.path === path);
  for await (const { bytes } of opened.tree.read(entries)) return bytes === null ? null : Buffer.from(bytes).toString("utf8");
  return null;
}

describe("a mirror", () => {
  it("is fetched when it is stale, and not before", async () => {
    const repository = await createRepository({ files: { "a.ex": "one" } });
    const { open, time } = createMirror();
    const main = { location: repository.url, revision: "main", defaultBranch: null };
    expect(await textAt(await open(main))).toBe("one");
    await repository.commit({ "a.ex": "two" });
    time.now += 59_000;
    expect(await textAt(await open(main))).toBe("one");
    time.now += 2_000;
    expect(await textAt(await open(main))).toBe("two");
  });

  it("is fetched at once when the named revision is missing", async () => {
    const repository = await createRepository({ files: { "a.ex": "one" } });
    const { open, time } = createMirror();
    await open({ location: repository.url, revision: null, defaultBranch: null });
    const commit = await repository.commit({ "a.ex": "two" }, { branch: "fix/it", tag: "v2" });
    for (const revision of ["fix/it", "v2", commit, commit.slice(0, 9)]) {
      time.now += 4_000;
      expect(await textAt(await open({ location: repository.url, revision, defaultBranch: null }))).toBe("two");
    }
  });

  it("can give a commit that no branch has any more", async () => {
    const repository = await createRepository({ files: { "a.ex": "one" } });
    const lost = await repository.commit({ "a.ex": "lost" });
    await repository.git("reset", "--quiet", "--hard", "HEAD~1");
    await repository.git("config", "uploadpack.allowAnySHA1InWant", "true");
    const { open } = createMirror();
    expect(await textAt(await open({ location: repository.url, revision: lost, defaultBranch: null }))).toBe("lost");
  });

  it("forgets branches its remote forgot, and names the nearest of those that are left", async () => {
    const repository = await createRepository({ files: { "a.ex": "one" } });
    await repository.commit({ "a.ex": "two" }, { branch: "feature/login" });
    await repository.commit({}, { branch: "feature/logout" });
    await repository.git("checkout", "--quiet", "main");
    const { open, time } = createMirror();
    const login = { location: repository.url, revision: "feature/login", defaultBranch: null };
    expect(await textAt(await open(login))).toBe("two");
    await repository.git("branch", "--quiet", "-D", "feature/login");
    time.now += 61_000;
    expect(await open(login)).toEqual({
      kind: "failed",
      reason: "unknown_revision",
      sentence: "No branch, tag or commit is called feature/login here: did you mean feature/logout?",
      candidates: ["feature/logout"],
    });
  });

  it("serves as it was while its remote is away, and says so in the log", async () => {
    const repository = await createRepository({ files: { "a.ex": "one" } });
    const { open, time, warnings } = createMirror();
    const request = { location: repository.url, revision: null, defaultBranch: "main" };
    await open(request);
    renameSync(join(repository.path, ".git"), join(repository.path, "away"));
    time.now += 61_000;
    expect(await textAt(await open(request))).toBe("one");
    expect(warnings).toEqual(["could not fetch, reading the mirror as it was"]);
  });

  it("is cloned once when two processes begin at the same time", async () => {
    const repository = await createRepository({ files: { "a.ex": "one" } });
    const dataDirectory = createFolder();
    const processes = [1, 2].map(() => createOpenTree({ dataDirectory, allowLocalPaths: true }));
    const opened = await Promise.all(processes.map((open) => open({ location: repository.url, revision: "main", defaultBranch: null })));
    expect(await Promise.all(opened.map((each) => textAt(each)))).toEqual(["one", "one"]);
    expect(readdirSync(join(dataDirectory, "mirrors"))).toEqual([expect.stringMatching(/\.git$/)]);
  });

  it("is fetched by several processes at the same time without harm", async () => {
    const repository = await createRepository({ files: { "a.ex": "0" } });
    const dataDirectory = createFolder();
    const processes = [1, 2, 3].map(() => createOpenTree({ dataDirectory, allowLocalPaths: true, staleAfterMs: 0 }));
    const request = { location: repository.url, revision: "main", defaultBranch: null };
    for (const text of ["1", "2", "3"]) {
      await repository.commit({ "a.ex": text }, { tag: `v${text}` });
      const opened = await Promise.all(processes.flatMap((open) => [open(request), open({ ...request, revision: `v${text}` })]));
      expect(await Promise.all(opened.map((each) => textAt(each)))).toEqual(Array.from({ length: 6 }, () => text));
    }
  });

  it("that cannot be kept is answered with the reason", async () => {
    const repository = await createRepository({ files: { "a.ex": "one" } });
    const dataDirectory = join(createFolder({ file: "in the way" }), "file");
    const open = createOpenTree({ dataDirectory, allowLocalPaths: true });
    expect(await open({ location: repository.url, revision: null, defaultBranch: null })).toMatchObject({
      kind: "failed",
      sentence: expect.stringMatching(/could not be kept in .*: check its permissions and free space\.$/) as string,
    });
  });

  it("runs no hook, helper or template that the machine's configuration names", async () => {
    const hooks = createFolder();
    const script = `#!/bin/sh\ntouch ${hooks}/ran\n`;
    const names = ["reference-transaction", "post-checkout", "post-merge", "helper"];
    execFileSync("sh", [
      "-c",
      names.map((name) => `printf '${script.replaceAll("\n", "\\n")}' > ${hooks}/${name} && chmod +x ${hooks}/${name}`).join(" && "),
    ]);
    const configuration = createFolder({
      gitconfig: `[core]\n\thooksPath = ${hooks}\n\tfsmonitor = ${hooks}/helper\n[credential]\n\thelper = ${hooks}/helper\n[init]\n\ttemplateDir = ${hooks}\n`,
    });
    process.env["GIT_CONFIG_GLOBAL"] = join(configuration, "gitconfig");
    process.env["GIT_DIR"] = "/nowhere";
    try {
      const repository = await createRepositoryOutside();
      const { open, time } = createMirror();
      const request = { location: repository.url, revision: null, defaultBranch: null };
      expect(await textAt(await open(request))).toBe("one");
      time.now += 61_000;
      expect(await textAt(await open(request))).toBe("one");
      expect(await textAt(await open({ ...request, location: repository.path }))).toBe("one");
      expect(readdirSync(hooks)).not.toContain("ran");
    } finally {
      delete process.env["GIT_CONFIG_GLOBAL"];
      delete process.env["GIT_DIR"];
    }
  });
});

/** Made without the environment that the test lays as a trap for Guard. */
async function createRepositoryOutside() {
  const { GIT_DIR: trap, ...rest } = process.env;
  process.env = rest;
  const repository = await createRepository({ files: { "a.ex": "one" } });
  process.env["GIT_DIR"] = trap;
  return repository;
}

describe("a remote", () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  /** A server that takes connections and never says a word. */
  async function silentServer(): Promise<{ url: string; port: number; connected: Promise<void> }> {
    let heard: () => void = () => undefined;
    const connected = new Promise<void>((resolve) => (heard = resolve));
    const server = createServer(() => heard());
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return { url: `https://127.0.0.1:${port}/acme/shop.git`, port, connected };
  }

  function processesNaming(port: number): string[] {
    const all = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" });
    return all.split("\n").filter((line) => line.includes(`127.0.0.1:${port}`));
  }

  it("that never answers is given up after the time limit, with no process and no folder left", async () => {
    const { url, port } = await silentServer();
    const { open, mirrors } = createMirror({ timeoutMs: 700 });
    expect(await open({ location: url, revision: null, defaultBranch: null })).toMatchObject({
      kind: "failed",
      reason: "timed_out",
      sentence: `${url} was not fetched within 1 s: try again, or give Guard more time for large repositories.`,
    });
    await vi.waitFor(() => expect(processesNaming(port)).toEqual([]));
    expect(mirrors()).toEqual([]);
  });

  it("that is waited for by two goes on for the other when one gives up", async () => {
    const { url, port, connected } = await silentServer();
    const { open } = createMirror({ timeoutMs: 1_500 });
    const impatient = new AbortController();
    const request = { location: url, revision: null, defaultBranch: null };
    const answers = [open(request, impatient.signal), open(request)] as const;
    await connected;
    impatient.abort();
    expect(await answers[0]).toMatchObject({ reason: "aborted" });
    expect(processesNaming(port)).not.toEqual([]);
    expect(await answers[1]).toMatchObject({ reason: "timed_out" });
  });

  it("that is waited for by nobody any more leaves no process behind", async () => {
    const { url, port, connected } = await silentServer();
    const { open, mirrors } = createMirror();
    const stop = new AbortController();
    const answer = open({ location: url, revision: null, defaultBranch: null }, stop.signal);
    await connected;
    stop.abort();
    expect(await answer).toMatchObject({ kind: "failed", reason: "aborted" });
    await vi.waitFor(() => expect(processesNaming(port)).toEqual([]));
    expect(mirrors()).toEqual([]);
  });

  it("where nothing listens is answered with the reason", async () => {
    // A port that was closed just now may be another test's by the time it is asked.
    const url = "https://127.0.0.1:9/acme/shop.git";
    const { open } = createMirror();
    expect(await open({ location: url, revision: null, defaultBranch: null })).toMatchObject({
      reason: "not_reachable",
      sentence: `${url} could not be fetched because nothing answers there: check the URL and the network.`,
    });
  });

  it("that is no repository is answered with the reason", async () => {
    const folder = createFolder({ "a.ex": "x" });
    const { open } = createMirror();
    expect(await open({ location: `file://${folder}`, revision: null, defaultBranch: null })).toMatchObject({
      reason: "unknown_repository",
    });
  });
});
