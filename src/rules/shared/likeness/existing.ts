import type { Copies } from "./function-copies.js";
import type { Repeatable } from "./repeatable.js";

/** Private copies of a public function that each of them could call. */
export interface Existing {
  readonly original: Repeatable;
  readonly copies: readonly Repeatable[];
}

/** The public function that private ones repeat word for word; null where there is none, or where a copy must not call it. */
export function existingOf({ members, differences }: Copies): Existing | null {
  const original = members.find(({ entry }) => entry.facts.visibility === "public");
  const copies = members.filter(({ entry }) => entry.facts.visibility === "private");
  if (original === undefined || copies.length === 0 || copies.length + 1 < members.length || differences.length > 0) return null;
  return copies.every(({ entry }) => mayCall(entry.path, original.entry.path)) ? { original, copies } : null;
}

/** Whether code of one file may call into another: not from the domain into the web, nor across applications of an umbrella. */
export function mayCall(from: string, to: string): boolean {
  if (isWeb(to) && !isWeb(from)) return false;
  return applicationOf(from) === applicationOf(to);
}

function isWeb(path: string): boolean {
  return /(_web|_api|\/web|\/api)\//.test(path);
}

function applicationOf(path: string): string {
  return /^(.*?apps\/[^/]+\/)/.exec(path)?.[1] ?? "";
}
