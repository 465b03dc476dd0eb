import { decodeSource } from "../app/decode.js";
import type { OpenTree } from "../model/ports.js";
import type { Repository } from "../model/source.js";

/** Text of a file of a known repository at a commit, read from git's objects; null when there is no such repository, commit or text file. */
export function createReadSource(repositories: () => readonly Repository[], openTree: OpenTree) {
  return async (name: string, commit: string, path: string): Promise<string | null> => {
    const repository = repositories().find((known) => known.name === name);
    if (repository === undefined) return null;
    const opened = await openTree({ location: repository.url, revision: commit, defaultBranch: repository.defaultBranch });
    if (opened.kind === "failed" || opened.tree.workingTree) return null;
    const entries = (await opened.tree.list()).filter((entry) => entry.path === path);
    for await (const { bytes } of opened.tree.read(entries)) {
      const decoded = bytes === null ? null : decodeSource(bytes);
      return decoded?.kind === "text" ? decoded.text : null;
    }
    return null;
  };
}
