import { lstatSync, utimesSync, writeFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FolderMemory, SeenFile } from "../../../src/model/ports.js";
import type { SourceTree } from "../../../src/model/tree.js";
import { createOpenTree } from "../../../src/shell/git/open-tree.js";
import { mayChangeUnseen, stampOf } from "../../../src/shell/git/stamp.js";
import { createFolder } from "../../support/repository.js";

const remembered = "1".repeat(40);
const one = { path: "lib/a.ex", blob: "43dd47ea691c90a5fa7827892c70241913351963", size: 3 };

function memoryOf(seen: Readonly<Record<string, SeenFile>>): FolderMemory {
  return { recall: async () => new Map(Object.entries(seen)), remember: async () => undefined };
}

async function treeOf(folder: string, folderMemory?: FolderMemory): Promise<SourceTree> {
  const open = createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: true, ...(folderMemory && { folderMemory }) });
  const opened = await open({ location: folder, revision: null, defaultBranch: null });
  if (opened.kind === "failed") throw new Error(opened.sentence);
  return opened.tree;
}

/** A folder with one file, and a memory that says something else about it, so that one sees which was asked. */
function folderRemembered(): { folder: string; file: string; memory: FolderMemory } {
  const folder = createFolder({ "lib/a.ex": "one" });
  const file = join(folder, "lib/a.ex");
  return { folder, file, memory: memoryOf({ "lib/a.ex": { stamp: stampOf(lstatSync(file)), blob: remembered } }) };
}

describe("a file that was listed before", () => {
  test("is not read again while it stands as it did", async () => {
    const { folder, memory } = folderRemembered();
    expect(await (await treeOf(folder, memory)).list()).toEqual([{ ...one, blob: remembered }]);
  });

  test("is read again when it was written, though its size and time say that it was not", async () => {
    const { folder, file, memory } = folderRemembered();
    const { atime, mtime } = lstatSync(file);
    const before = lstatSync(file).ctimeMs;
    // The file system's clock must have ticked, as it has between two runs.
    while (lstatSync(file).ctimeMs === before) {
      writeFileSync(file, "two");
      utimesSync(file, atime, mtime);
    }
    const [entry] = await (await treeOf(folder, memory)).list();
    expect(entry?.blob).not.toBe(remembered);
    expect(entry?.size).toBe(one.size);
  });

  test("is not handed out when it changed since the listing", async () => {
    const folder = createFolder({ "lib/a.ex": "one" });
    const tree = await treeOf(folder);
    expect(await tree.list()).toEqual([one]);
    for await (const { bytes } of tree.read([one])) expect(String(bytes)).toBe("one");
    expect(String(tree.readNow?.(one))).toBe("one");
    writeFileSync(join(folder, "lib/a.ex"), "two");
    expect(tree.readNow?.(one)).toBeNull();
  });
});

describe("a file is remembered only when a later write is sure to show", () => {
  const at = (mtimeMs: number, ctimeMs = mtimeMs) => ({ mtimeMs, ctimeMs }) as Stats;

  test("not when it was written in this tick of the file system's clock, or in the future", () => {
    expect(mayChangeUnseen(at(1_700_000_000_123.5), 1_700_000_000_130)).toBe(true);
    expect(mayChangeUnseen(at(1_700_000_000_123.5), 1_700_000_001_000)).toBe(false);
    expect(mayChangeUnseen(at(1_700_000_009_123.5), 1_700_000_001_000)).toBe(true);
  });

  test("not for two seconds where times are kept in whole seconds", () => {
    expect(mayChangeUnseen(at(1_700_000_000_000), 1_700_000_001_900)).toBe(true);
    expect(mayChangeUnseen(at(1_700_000_000_000), 1_700_000_002_500)).toBe(false);
  });

  test("not when it was replaced or its time was set back just now", () => {
    expect(mayChangeUnseen(at(1_600_000_000_123.5, 1_700_000_000_123.5), 1_700_000_000_130)).toBe(true);
  });
});
