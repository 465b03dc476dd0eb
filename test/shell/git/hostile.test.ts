import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { OpenTree } from "../../../src/model/ports.js";
import { createBatchParser } from "../../../src/shell/git/objects.js";
import { createOpenTree } from "../../../src/shell/git/open-tree.js";
import { createFolder, createRepository, type TestRepository } from "../../support/repository.js";

let repository: TestRepository;
/** Every attack tries to make something in here. */
const target = createFolder();
let open: OpenTree;

beforeAll(async () => {
  repository = await createRepository({ files: { "a.ex": "one" } });
  open = createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: [repository.path] });
});

describe("a hostile revision", () => {
  it.each([
    `--output=${target}/x`,
    `--upload-pack=touch ${target}/x`,
    "-oProxyCommand=id",
    "--help",
    "-",
    "HEAD --output=x",
    "main\n--output=x",
    "main\0x",
    "../../etc/passwd",
    "main:../../etc/passwd",
    "HEAD:a.ex",
    ":/First",
    "HEAD^{/First}",
    "@{upstream}",
    "HEAD@{0}",
    "main..HEAD",
    "$(touch x)",
    "`id`",
    "a".repeat(10_000),
    "HEAD" + "~1".repeat(500),
    "",
  ])("is no revision: %j", async (revision) => {
    for (const location of [repository.path, repository.url]) {
      const opened = await open({ location, revision, defaultBranch: null });
      expect(opened).toMatchObject({ kind: "failed", reason: "unknown_revision" });
      expect(opened.kind === "failed" && opened.sentence).toMatch(/^[^\n\0]{1,400}[.?]$/);
    }
    expect(readdirSync(target)).toEqual([]);
  });
});

describe("a hostile location", () => {
  it.each([
    `ext::sh -c touch% ${target}/x`,
    `ext::touch ${target}/x`,
    `fd::3`,
    `--upload-pack=touch ${target}/x`,
    "-oProxyCommand=id",
    "ssh://-oProxyCommand=id/x",
    "ssh://-x@example.invalid/x",
    "git@-oProxyCommand=id:x",
    "ssh://example.invalid/-oProxyCommand=id",
    "http://example.invalid/x.git",
    "git://example.invalid/x.git",
    "ftp://example.invalid/x.git",
    "https://user:word@example.invalid/x.git",
    "https://example.invalid/x\n.git",
    "https://example.invalid/\0",
    "https:// example.invalid/x",
    "file:///etc",
    "file://example.invalid/etc",
    "file:///etc%2f..%2fetc",
    "/etc",
    "../../../../../../etc",
    "/etc/passwd\0",
    `https://example.invalid/${"x".repeat(5_000)}`,
    "",
  ])("is refused: %j", async (location) => {
    const opened = await open({ location, revision: null, defaultBranch: null });
    expect(opened).toMatchObject({ kind: "failed", reason: "refused" });
    expect(opened.kind === "failed" && opened.sentence).toMatch(/^[^\n\0]{1,400}: .+\.$/);
    expect(readdirSync(target)).toEqual([]);
  });

  it("is not given away with its secrets", async () => {
    const secret = ["s3", "cr3t"].join("");
    const opened = await open({ location: `https://user:${secret}@example.invalid/x.git`, revision: null, defaultBranch: null });
    expect(JSON.stringify(opened)).not.toContain(secret);
  });

  it("inside an allowed folder does not lead out of it by a link", async () => {
    const outside = createFolder({ "secret.ex": "secret" });
    const folder = createFolder({ way: { link: outside }, "lib/a.ex": "a" });
    const guarded = createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: [folder] });
    expect(await guarded({ location: join(folder, "way"), revision: null, defaultBranch: null })).toMatchObject({ reason: "refused" });
    expect(await guarded({ location: join(folder, "lib"), revision: null, defaultBranch: null })).toMatchObject({ kind: "opened" });
  });

  it("never makes opening throw, whatever it is", async () => {
    const nowhere = createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: false });
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary", maxLength: 40 }),
        fc.string({ unit: "binary", maxLength: 40 }),
        async (location, revision) => {
          fc.pre(!/^[\w]+@|^(https|ssh):\/\//i.test(location));
          expect((await nowhere({ location, revision, defaultBranch: null })).kind).toBe("failed");
        },
      ),
    );
  });
});

describe("a hostile repository", () => {
  it("runs nothing its own configuration names", async () => {
    const trap = await createRepository({ files: { "a.ex": "one", ".gitattributes": "* filter=trap diff=trap\n" } });
    const script = join(createFolder({ trap: `#!/bin/sh\ntouch ${target}/trapped\n` }), "trap");
    chmodSync(script, 0o755);
    for (const key of [
      "core.fsmonitor",
      "core.sshCommand",
      "core.pager",
      "core.hooksPath",
      "filter.trap.clean",
      "filter.trap.smudge",
      "diff.trap.textconv",
    ]) {
      await trap.git("config", key, script);
    }
    trap.write({ "a.ex": "changed", "b.ex": "new" });
    const openTrap = createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: true });
    for (const [location, revision] of [
      [trap.path, null],
      [trap.path, "HEAD"],
      [trap.url, null],
    ] as const) {
      const opened = await openTrap({ location, revision, defaultBranch: null });
      if (opened.kind === "failed") throw new Error(opened.sentence);
      for await (const { bytes } of opened.tree.read(await opened.tree.list())) expect(bytes).not.toBeNull();
    }
    expect(existsSync(join(target, "trapped"))).toBe(false);
  });

  it("gives up its files, and neither links, nor submodules, nor names that git would not check out", async () => {
    const odd = await createRepository({ files: { "a.ex": "one", "link.ex": { link: "/etc/passwd" } } });
    const head = await odd.git("rev-parse", "HEAD");
    const blob = await odd.git("rev-parse", "HEAD:a.ex");
    const lines = [
      `100644 blob ${blob}\tlib/caf\u00e9.ex`,
      `160000 commit ${head}\tsubmodule`,
      `120000 blob ${blob}\tlink.ex`,
      `100755 blob ${blob}\trun.exs`,
    ];
    const latin1 = Buffer.concat([Buffer.from(`100644 blob ${blob}\tcaf`), Buffer.from([0xe9]), Buffer.from(".ex\0")]);
    const flat = Buffer.concat([Buffer.from(lines.map((line) => `${line.replace("lib/", "")}\0`).join("")), latin1]);
    const tree = execFileSync("git", ["mktree", "-z", "--missing"], { cwd: odd.path, input: flat, encoding: "utf8" }).trim();
    const commit = await odd.git("commit-tree", tree, "-m", "odd");
    const opened = await createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: true })({
      location: odd.path,
      revision: commit,
      defaultBranch: null,
    });
    if (opened.kind === "failed") throw new Error(opened.sentence);
    const entries = await opened.tree.list();
    expect(entries.map(({ path }) => path).sort()).toEqual(["café.ex", "caf\u00e9.ex", "run.exs"].sort());
    for await (const { bytes } of opened.tree.read(entries)) expect(Buffer.from(bytes ?? []).toString()).toBe("one");
  });

  it("keeps names that are not UTF-8 readable in a working tree", async () => {
    const folder = createFolder();
    execFileSync("sh", ["-c", "printf one > \"$(printf 'caf\\351.ex')\""], { cwd: folder });
    const opened = await createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: true })({
      location: folder,
      revision: null,
      defaultBranch: null,
    });
    if (opened.kind === "failed") throw new Error(opened.sentence);
    for await (const { entry, bytes } of opened.tree.read(await opened.tree.list())) {
      expect([entry.path, Buffer.from(bytes ?? []).toString()]).toEqual(["caf\u00e9.ex", "one"]);
    }
  });

  it("with objects missing gives null for them and the rest whole", async () => {
    const broken = await createRepository({ files: { "a.ex": "one", "b.ex": "two", "c.ex": "three" } });
    const blob = await broken.git("rev-parse", "HEAD:b.ex");
    execFileSync("rm", ["-f", join(broken.path, ".git/objects", blob.slice(0, 2), blob.slice(2))]);
    const opened = await createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: true })({
      location: broken.path,
      revision: "HEAD",
      defaultBranch: null,
    });
    if (opened.kind === "failed") throw new Error(opened.sentence);
    const texts: (string | null)[] = [];
    for await (const { bytes } of opened.tree.read(await opened.tree.list()))
      texts.push(bytes === null ? null : Buffer.from(bytes).toString());
    expect(texts).toEqual(["one", null, "three"]);
  });
});

describe("the object stream", () => {
  it("is cut into the same answers wherever its chunks break", () => {
    const blobs = fc.array(fc.option(fc.uint8Array({ maxLength: 50 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(blobs, fc.array(fc.nat(20), { minLength: 1 }), (objects, steps) => {
        const id = "0".repeat(40);
        const parts = objects.map((bytes) =>
          bytes === null
            ? Buffer.from(`${id} missing\n`)
            : Buffer.concat([Buffer.from(`${id} blob ${bytes.length}\n`), bytes, Buffer.from("\n")]),
        );
        const stream = Buffer.concat(parts);
        const answers: (string | null)[] = [];
        const parse = createBatchParser((bytes) => answers.push(bytes === null ? null : Buffer.from(bytes).toString("hex")));
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const next = at + 1 + (steps[turn % steps.length] ?? 0);
          parse(stream.subarray(at, next));
          at = next;
        }
        expect(answers).toEqual(objects.map((bytes) => (bytes === null ? null : Buffer.from(bytes).toString("hex"))));
      }),
    );
  });
});
