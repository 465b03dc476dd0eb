import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Configuration } from "../model/configuration.js";
import type { OpenTree } from "../model/ports.js";
import type { Repository } from "../model/source.js";
import type { OpenedTree } from "../model/tree.js";

/** The repository a command is about: one of the configuration by name or alias, else a folder or URL, whose name is its full address. */
export function repositoryOf(location: string, { repositories }: Configuration): Repository {
  const address = isAddress(location) ? location : resolve(location);
  const wanted = location.toLowerCase();
  const named = repositories.find(({ name, aliases }) => [name, ...aliases].some((word) => word.toLowerCase() === wanted));
  const configured = repositories.find(({ url }) => url === address) ?? (existsSync(location) ? undefined : named);
  return configured ?? { name: address, url: address, defaultBranch: "HEAD", channels: ["*"], aliases: [] };
}

function isAddress(location: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(location) || /^[^/\s]+@[^/\s:]+:/.test(location);
}

/** Its tree at a revision. A folder without one is read as it stands, uncommitted changes included. */
export async function openTreeOf(
  { url, defaultBranch }: Repository,
  revision: string | null,
  openTree: OpenTree,
  signal?: AbortSignal,
): Promise<OpenedTree> {
  return openTree({ location: url, revision, defaultBranch: isAddress(url) ? defaultBranch : null }, signal);
}
