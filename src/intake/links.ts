import type { SourceRef } from "../model/source.js";
import { readLines } from "./tokens.js";

/** A link to a file on GitHub or GitLab, on their own hosts or elsewhere, told by the form of its path; null for any other link. */
export function readLink(text: string): SourceRef | null {
  // Slack's own form is `https://…|label`.
  const address = text.split("|", 1)[0] ?? "";
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  const parts = url.pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decode);
  const place = url.host === "raw.githubusercontent.com" ? readRaw(parts) : (readGitLab(parts) ?? readGitHub(parts));
  if (place === null) return null;
  const host = url.host === "raw.githubusercontent.com" ? "github.com" : url.host;
  return { kind: "link", host, ...place, lines: readLines(url.hash.slice(1)) };
}

type Place = Pick<Extract<SourceRef, { kind: "link" }>, "owner" | "name" | "revision" | "path">;

const views = new Set(["blob", "blame", "raw", "edit"]);

/** `/OWNER/NAME/blob/REVISION/PATH`. */
function readGitHub(parts: readonly string[]): Place | null {
  const [owner, name, view, revision, ...path] = parts;
  return view !== undefined && views.has(view) ? placeOf(owner, name, revision, path) : null;
}

/** `/GROUP/SUBGROUP/NAME/-/blob/REVISION/PATH`. */
function readGitLab(parts: readonly string[]): Place | null {
  const dash = parts.indexOf("-");
  const [view, revision, ...path] = parts.slice(dash + 1);
  if (dash < 2 || view === undefined || !views.has(view)) return null;
  return placeOf(parts.slice(0, dash - 1).join("/"), parts[dash - 1], revision, path);
}

/** `/OWNER/NAME/REVISION/PATH`, where `refs/heads/` may stand before a branch. */
function readRaw(parts: readonly string[]): Place | null {
  const [owner, name, ...rest] = parts;
  const [revision, ...path] = rest[0] === "refs" ? rest.slice(2) : rest;
  return placeOf(owner, name, revision, path);
}

function placeOf(owner: string | undefined, name: string | undefined, revision: string | undefined, path: readonly string[]): Place | null {
  if (owner === undefined || name === undefined || revision === undefined || path.length === 0) return null;
  return { owner, name: name.replace(/\.git$/, ""), revision, path: path.join("/") };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
