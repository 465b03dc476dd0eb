import type { ResolvedSource } from "../model/source.js";

/** Links a place in any file of the reviewed commit, in the form of the forge the sources are on; null without one. */
export type LinkTo = (path: string, line: number, endLine: number) => string | null;

/** Works the forge's base address out of a source's own link, so that evidence in other files is linked at the same commit. */
export function createLinkTo(sources: readonly ResolvedSource[]): LinkTo {
  const base = sources.map(baseOf).find((found) => found !== null) ?? null;
  return (path, line, endLine) => {
    if (base === null) return null;
    const lines = line === endLine ? `#L${line}` : `#L${line}-${base.gitlab ? "" : "L"}${endLine}`;
    return `${base.address}${encodePath(path)}${lines}`;
  };
}

function baseOf(source: ResolvedSource): { readonly address: string; readonly gitlab: boolean } | null {
  const link = source.permalink?.replace(/[#?].*$/, "") ?? null;
  if (link === null) return null;
  const suffix = [encodePath(source.path), source.path].find((candidate) => link.endsWith(`/${candidate}`));
  return suffix === undefined ? null : { address: link.slice(0, link.length - suffix.length), gitlab: link.includes("/-/blob/") };
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
