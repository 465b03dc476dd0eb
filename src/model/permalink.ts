import type { LineRange, Repository } from "./source.js";

/** A repository as its forge names it. `owner` may be a path of groups. */
export interface ForgeRepository {
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}

/** Reads host, owner and name out of a clone URL (https, ssh, or `git@host:owner/name`); null for anything else. */
export function forgeRepositoryOf(url: string): ForgeRepository | null {
  const short = /^[\w.-]+@([A-Za-z0-9.-]+):(?!\/\/)(.+)$/.exec(url);
  if (short !== null) return fromPath(short[1] ?? "", short[2] ?? "");
  if (!/^(?:https|ssh):\/\//i.test(url) || !URL.canParse(url)) return null;
  const { hostname, pathname } = new URL(url);
  return fromPath(hostname, pathname);
}

function fromPath(host: string, path: string): ForgeRepository | null {
  const parts = path.split("/").filter((part) => part !== "");
  const name = parts.pop()?.replace(/\.git$/, "");
  return name === undefined || name === "" || parts.length === 0 ? null : { host: host.toLowerCase(), owner: parts.join("/"), name };
}

/** Whether two names mean the same repository; hosts, owners and names are compared without case, ports not at all. */
export function isSameRepository(one: ForgeRepository, other: ForgeRepository): boolean {
  const plain = ({ host, owner, name }: ForgeRepository) => `${host.replace(/:\d+$/, "")}/${owner}/${name}`.toLowerCase();
  return plain(one) === plain(other);
}

/**
 * Link to a file at a full commit id on GitHub or GitLab, with its lines when given; null where the forge cannot be told from the URL.
 */
export function permalinkOf(url: string, commit: string, path: string, lines: LineRange | null = null): string | null {
  const forge = forgeRepositoryOf(url);
  if (forge === null) return null;
  const gitLab = forge.host.includes("gitlab") || forge.owner.includes("/");
  if (!gitLab && !forge.host.includes("github")) return null;
  const place = [commit, ...path.split("/")].map(encodeURIComponent).join("/");
  const last = gitLab ? "" : "L";
  const fragment = lines === null ? "" : lines.first === lines.last ? `#L${lines.first}` : `#L${lines.first}-${last}${lines.last}`;
  return `https://${forge.host}/${forge.owner}/${forge.name}${gitLab ? "/-" : ""}/blob/${place}${fragment}`;
}

/** Links a file of a configured repository at a full commit id, with its lines when given; null where nobody shows it. */
export type PermalinkOf = (repository: Repository, commit: string, path: string, lines?: LineRange | null) => string | null;

/** The link on the repository's own forge. */
export const forgePermalink: PermalinkOf = ({ url }, commit, path, lines = null) => permalinkOf(url, commit, path, lines);
