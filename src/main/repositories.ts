import { basename } from "node:path";
import { judgeAddress } from "../model/address.js";
import type { OpenTree } from "../model/ports.js";
import type { Repository } from "../model/source.js";

export type AddedRepository = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly sentence: string };

/** The repositories the bot knows: those of the configuration, and those added while it runs. */
export interface Repositories {
  readonly all: () => readonly Repository[];
  /** Whether a local folder is one of theirs; no other is ever read. */
  readonly mayReadFolder: (path: string) => boolean;
  /** Adds a git URL or a local folder for every channel, after a look whether it can be read. */
  readonly add: (location: string, openTree: OpenTree) => Promise<AddedRepository>;
}

export function createRepositories(configured: readonly Repository[]): Repositories {
  const repositories = [...configured];
  const trying = new Set<string>();
  return {
    all: () => repositories,
    mayReadFolder: (path) => trying.has(path) || repositories.some(({ url }) => folderOf(url) === path),
    add: async (location, openTree) => {
      const known = repositories.find(({ url }) => url === location);
      if (known !== undefined) return { ok: true, name: known.name };
      const folder = folderOf(location);
      if (folder !== null) trying.add(folder);
      try {
        const opened = await openTree({ location, revision: null, defaultBranch: "HEAD" });
        if (opened.kind === "failed") return { ok: false, sentence: opened.sentence };
        const name = freeName(location, repositories);
        repositories.push({ name, url: location, defaultBranch: "HEAD", channels: ["*"], aliases: [] });
        return { ok: true, name };
      } finally {
        if (folder !== null) trying.delete(folder);
      }
    },
  };
}

function folderOf(location: string): string | null {
  const address = judgeAddress(location);
  return address.kind === "folder" || address.kind === "file" ? address.path : null;
}

function freeName(location: string, taken: readonly Repository[]): string {
  const plain =
    basename(location.replace(/[/\\]+$/, ""))
      .replace(/\.git$/, "")
      .replace(/[^A-Za-z0-9._-]+/g, "-") || "repository";
  const isTaken = (name: string): boolean =>
    taken.some((other) => [other.name, ...other.aliases].some((word) => word.toLowerCase() === name.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? plain : `${plain}-${number}`;
    if (!isTaken(name)) return name;
  }
}
