import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SourceTree } from "../../../src/model/tree.js";
import { createOpenTree } from "../../../src/shell/git/open-tree.js";
import { createFolder, createRepository } from "../../support/repository.js";

const latest = { revision: null, defaultBranch: null };

async function contents(tree: SourceTree): Promise<Record<string, string | null>> {
  const texts: Record<string, string | null> = {};
  for await (const { entry, bytes } of tree.read(await tree.list())) {
    texts[entry.path] = bytes === null ? null : Buffer.from(bytes).toString("utf8");
  }
  return texts;
}

async function opened(open: ReturnType<typeof createOpenTree>, request: Parameters<typeof open>[0]): Promise<SourceTree> {
  const result = await open(request);
  if (result.kind === "failed") throw new Error(result.sentence);
  return result.tree;
}

function openLocal() {
  return createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: true });
}

describe("a folder's working tree", () => {
  it("has uncommitted and untracked files, and neither deleted nor ignored ones", async () => {
    const repository = await createRepository({ files: { "lib/a.ex": "one", "lib/gone.ex": "x", ".gitignore": "/deps\n" } });
    repository.write({ "lib/a.ex": "two", "lib/new.ex": "new", "lib/gone.ex": null, "deps/x.ex": "dependency" });
    const tree = await opened(openLocal(), { location: repository.path, ...latest });
    expect(await contents(tree)).toEqual({ ".gitignore": "/deps\n", "lib/a.ex": "two", "lib/new.ex": "new" });
    expect(tree.commit).toBe(await repository.git("rev-parse", "HEAD"));
    expect(tree.workingTree).toBe(true);
  });

  it("gives each file the blob id git would give its bytes", async () => {
    const repository = await createRepository({ files: { "lib/a.ex": "one\n" } });
    const tree = await opened(openLocal(), { location: repository.path, ...latest });
    expect(await tree.list()).toEqual([{ path: "lib/a.ex", blob: await repository.git("rev-parse", "HEAD:lib/a.ex"), size: 4 }]);
  });

  it("can be a sub-folder of a repository, with paths relative to it", async () => {
    const repository = await createRepository({ files: { "apps/web/lib/a.ex": "a", "other.ex": "o" } });
    const tree = await opened(openLocal(), { location: join(repository.path, "apps/web"), ...latest });
    expect(await contents(tree)).toEqual({ "lib/a.ex": "a" });
  });

  it("can be outside git, where dependencies and build products are left out and there is no commit", async () => {
    const folder = createFolder({ "lib/a.ex": "a", "deps/d.ex": "d", "_build/b.ex": "b", "assets/node_modules/n.js": "n" });
    const tree = await opened(openLocal(), { location: folder, ...latest });
    expect(await contents(tree)).toEqual({ "lib/a.ex": "a" });
    expect(tree.commit).toBeNull();
  });

  it("never follows a symbolic link", async () => {
    const secret = createFolder({ "secret.ex": "secret" });
    const links = { "lib/link.ex": { link: join(secret, "secret.ex") }, inside: { link: secret }, "lib/a.ex": "a" };
    const repository = await createRepository({ files: links });
    expect(Object.keys(await contents(await opened(openLocal(), { location: repository.path, ...latest })))).toEqual(["lib/a.ex"]);
    expect(Object.keys(await contents(await opened(openLocal(), { location: createFolder(links), ...latest })))).toEqual(["lib/a.ex"]);
  });
});

describe("a commit", () => {
  it("is read from git objects, whatever the working tree holds", async () => {
    const repository = await createRepository({ files: { "lib/a.ex": "one" } });
    const first = await repository.git("rev-parse", "HEAD");
    await repository.commit({ "lib/a.ex": "two" }, { tag: "v1.0" });
    repository.write({ "lib/a.ex": "three" });
    const open = openLocal();
    for (const [revision, text] of [
      ["main", "two"],
      ["v1.0", "two"],
      [first, "one"],
      [first.slice(0, 8), "one"],
      ["main~1", "one"],
    ] as const) {
      const tree = await opened(open, { location: repository.path, revision, defaultBranch: null });
      expect([revision, await contents(tree)]).toEqual([revision, { "lib/a.ex": text }]);
    }
  });
});

describe("a mirror", () => {
  it("is cloned once, and read at the default branch of its remote", async () => {
    const repository = await createRepository({ files: { "lib/a.ex": "one" }, branch: "trunk" });
    const data = createFolder();
    const open = createOpenTree({ dataDirectory: data, allowLocalPaths: [repository.path] });
    const trees = await Promise.all([1, 2, 3].map(() => opened(open, { location: repository.url, ...latest })));
    for (const tree of trees) expect(await contents(tree)).toEqual({ "lib/a.ex": "one" });
    expect(readdirSync(join(data, "mirrors"))).toHaveLength(1);
  });
});
