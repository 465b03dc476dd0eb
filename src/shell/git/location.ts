import { realpathSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { judgeAddress, shown } from "../../model/address.js";

/** Where a tree is to come from, once the location has been judged. `files` tells that the URL is a `file://` one. */
export type Location =
  | { readonly kind: "remote"; readonly url: string; readonly files: boolean }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "refused"; readonly sentence: string };

/** True: every local path may be read. A list: these folders and what lies in them. A function is asked with the absolute path. */
export type LocalPaths = boolean | readonly string[] | ((path: string) => boolean);

/** Judges a location by its form and by what is allowed, before anything is run or read. */
export function judgeLocation(location: string, allowed: LocalPaths): Location {
  const address = judgeAddress(location);
  if (address.kind === "refused") return address;
  if (address.kind === "remote") return { kind: "remote", url: address.url, files: false };
  const path = resolve(address.path);
  if (!isAllowed(path, allowed)) {
    const sentence = `The local path ${shown(location)} may not be read from here: list it in guard.config.yml or use an https:// or ssh:// URL.`;
    return { kind: "refused", sentence };
  }
  return address.kind === "file" ? { kind: "remote", url: address.url, files: true } : { kind: "folder", path };
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
