import { readFileSync } from "node:fs";
import { copyFile, cp, mkdir, readdir } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { lineCountOf } from "../src/app/decode.js";
import type { SourceFile } from "../src/model/ports.js";
import { isSourcePath } from "../src/model/tree.js";
import { findPeers, type Peers } from "./peers.js";

const generated = new Set(["deps", "_build", "node_modules"]);

/** What is measured: a copy of a folder, so that a file can be changed and the folder itself is left as it was. */
export interface Subject {
  readonly folder: string;
  readonly dir: string;
  /** What the parser alone is measured on. */
  readonly texts: readonly string[];
  readonly sources: readonly SourceFile[];
  /** The file that gets a new line in each round. */
  readonly changed: string;
  readonly totals: { readonly files: number; readonly lines: number; readonly bytes: number };
  readonly peers: Peers;
}

/** Copies a project's folder, or as many of its source files as asked, taken at even steps so that each part is like the whole. */
export async function createSubject(dir: string, files: number | null, folder: string): Promise<Subject> {
  if (files === null) await cp(dir, folder, { recursive: true, filter: (source) => !generated.has(basename(source)) });
  else await copyPart(dir, files, folder);
  const names = await sourcesIn(folder);
  const contents = names.map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
  const modules = contents.filter(({ path }) => path.endsWith(".ex")).sort((one, other) => one.bytes.length - other.bytes.length);
  const changed = modules[Math.floor(modules.length / 2)];
  if (changed === undefined) throw new Error(`${dir} holds no .ex file: name the folder of an Elixir project.`);
  return {
    ...{ folder, dir, changed: join(folder, changed.path) },
    peers: findPeers(files === null ? dir : folder),
    texts: contents.filter(({ path }) => /\.exs?$/.test(path)).map(({ bytes }) => bytes.toString("utf8")),
    sources: contents.map(({ path, bytes }) => ({ path, text: bytes.toString("utf8") })),
    totals: {
      files: contents.length,
      lines: contents.reduce((sum, { bytes }) => sum + lineCountOf(bytes.toString("utf8")), 0),
      bytes: contents.reduce((sum, { bytes }) => sum + bytes.length, 0),
    },
  };
}

async function copyPart(dir: string, files: number, folder: string): Promise<void> {
  const names = await sourcesIn(dir);
  if (names.length < files) throw new Error(`${dir} holds ${names.length} source files, fewer than the ${files} asked for: ask for fewer.`);
  for (let step = 0; step < files; step += 1) {
    const path = names[Math.floor((step * names.length) / files)] ?? "";
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(dir, path), join(folder, path));
  }
}

async function sourcesIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => isSourcePath(path) && !path.split("/").some((part) => part === ".git" || generated.has(part)))
    .sort();
}
