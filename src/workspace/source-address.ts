/** A file of a repository at a commit, named by its full id. */
export interface SourcePlace {
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
}

/** 1-based lines, both ends included. */
export interface SourceLines {
  readonly first: number;
  readonly last: number;
}

/** `…/source/REPOSITORY/COMMIT/PATH#L11-L14`, as forges write it. Holds no token: the browser that has the page open may follow it. */
export function sourceAddress(baseUrl: string, { repository, commit, path }: SourcePlace, lines: SourceLines | null = null): string {
  const place = [repository, commit, ...path.split("/")].map(encodeURIComponent).join("/");
  const fragment = lines === null ? "" : lines.first === lines.last ? `#L${lines.first}` : `#L${lines.first}-L${lines.last}`;
  return `${baseUrl}/source/${place}${fragment}`;
}

/** The place an address path names; null when it names none, as without a full commit id. */
export function readSourceAddress(pathname: string): SourcePlace | null {
  const match = /^\/source\/([^/]+)\/([0-9a-f]{40}|[0-9a-f]{64})\/(.+)$/.exec(pathname);
  if (match === null) return null;
  const [, repository = "", commit = "", path = ""] = match;
  try {
    return { repository: decodeURIComponent(repository), commit, path: decodeURIComponent(path) };
  } catch {
    return null;
  }
}
