import { realpathSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where a tree is to come from, once the location has been judged. */
export type Location =
  | { readonly kind: "remote"; readonly url: string; readonly files: boolean }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "refused"; readonly sentence: string };

/** True: every local path may be read. A list: these folders and what lies in them. */
export type LocalPaths = boolean | readonly string[] | ((path: string) => boolean);

const remedy = "use an https:// or ssh:// URL";

/** Judges a location by its form and by what is allowed, before anything is run or read. */
export function judgeLocation(location: string, allowed: LocalPaths): Location {
  if (location === "" || location.length > 2000 || /[\u0000-\u001f\u007f]/.test(location)) {
    return refused("The repository address is empty, too long or has control characters", `${remedy} or a folder`);
  }
  if (location.startsWith("-")) return refused(`${shown(location)} reads as an option, not as a repository`, remedy);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return judgeUrl(location, allowed);
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^:]/.test(location)) return judgeShort(location);
  if (/^[a-z][a-z0-9+.-]*::/i.test(location)) return refused(`${shown(location)} names a helper program`, remedy);
  return judgeFolder(location, allowed);
}

function judgeShort(location: string): Location {
  const path = location.slice(location.indexOf(":") + 1);
  if (path.startsWith("-") || /\s/.test(location)) return refused(`${shown(location)} is not a repository address`, remedy);
  return { kind: "remote", url: location, files: false };
}

function judgeUrl(location: string, allowed: LocalPaths): Location {
  if (!URL.canParse(location) || /\s/.test(location)) return refused(`${shown(location)} is not a well-formed URL`, remedy);
  const url = new URL(location);
  if (url.protocol === "file:") return judgeFileUrl(url, allowed);
  if (url.protocol !== "https:" && url.protocol !== "ssh:") {
    return refused(`${shown(location)} uses ${url.protocol}//, which Guard does not fetch from`, remedy);
  }
  if (
    url.hostname === "" ||
    url.hostname.startsWith("-") ||
    url.username.startsWith("-") ||
    decodeURIComponentSafely(url.pathname).startsWith("/-")
  ) {
    return refused(`${shown(location)} is not a repository address`, remedy);
  }
  if (url.password !== "" || (url.protocol === "https:" && url.username !== "")) {
    return refused(`The address of ${url.host}${url.pathname} carries credentials`, "take them out and use an ssh key or ~/.netrc");
  }
  return { kind: "remote", url: location, files: false };
}

function judgeFileUrl(url: URL, allowed: LocalPaths): Location {
  if (url.host !== "") return refused(`${shown(url.href)} names another machine`, remedy);
  if (/%(2f|5c|[01][0-9a-f]|7f)/i.test(url.pathname)) return refused(`${shown(url.href)} hides characters in its path`, remedy);
  const folder = judgeFolder(fileURLToPath(url), allowed);
  return folder.kind === "folder" ? { kind: "remote", url: url.href, files: true } : folder;
}

function judgeFolder(location: string, allowed: LocalPaths): Location {
  const path = resolve(location);
  if (isAllowed(path, allowed)) return { kind: "folder", path };
  return refused(`The local path ${shown(location)} may not be read from here`, `list it in guard.config.yml or ${remedy}`);
}

/** Compares real paths, so that a link inside an allowed folder does not lead out of it. */
function isAllowed(path: string, allowed: LocalPaths): boolean {
  if (typeof allowed === "boolean") return allowed;
  if (typeof allowed === "function") return allowed(path);
  return allowed.some((folder) => {
    const way = relative(realOf(resolve(folder)), realOf(path));
    return way === "" || (!way.startsWith("..") && !isAbsolute(way));
  });
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refused(what: string, instead: string): Location {
  return { kind: "refused", sentence: `${what}: ${instead}.` };
}

/** A location as it may stand in a sentence: one line, short, without credentials. */
export function shown(location: string): string {
  const clean = location.replace(/\/\/[^/@\s]*@/, "//").replace(/[\p{Cc}\p{Cf}]/gu, "?");
  return clean.length > 120 ? `${clean.slice(0, 117)}…` : clean;
}
