import type { Request } from "../model/request.js";

/**
 * Reads what follows "audit": `[repo] [ref] [path]`, each optional, in that order. A configured name is a repository;
 * what looks like a path is one; three words are taken as they stand, so a misspelt name is named in the answer.
 */
export function readAudit(words: string, repositories: readonly string[]): Request {
  const tokens = words
    .split(/\s+/)
    .filter((token) => token !== "")
    .map(bare);
  const { named, rest } = takeNamed(tokens);
  const [first, second, third] = rest;
  if (third !== undefined) return audit(first ?? null, second ?? null, third);
  const repository = first !== undefined && isRepository(first, repositories) ? first : null;
  const remaining = repository === null ? rest : rest.slice(1);
  const [one, two] = remaining;
  if (two !== undefined) return audit(repository, one ?? null, two);
  if (one === undefined) return audit(repository, named.revision, named.path);
  return looksLikePath(one) ? audit(repository, named.revision, one) : audit(repository, named.revision ?? one, named.path);
}

function audit(repository: string | null, revision: string | null, path: string | null): Request {
  const [name, at] = repository?.split("@", 2) ?? [];
  return { kind: "audit", repository: name ?? null, revision: at ?? revision, path };
}

function isRepository(token: string, repositories: readonly string[]): boolean {
  const name = (token.split("@")[0] ?? "").toLowerCase();
  if (repositories.some((known) => known.toLowerCase() === name)) return true;
  return !looksLikePath(token) && !looksLikeRevision(token);
}

function looksLikePath(token: string): boolean {
  return !token.includes("://") && (token.includes("/") || /\.[a-z]{1,6}$/i.test(token));
}

function looksLikeRevision(token: string): boolean {
  return /^(?:[0-9a-f]{7,40}|main|master|develop|head|v\d[\w.-]*)$/i.test(token);
}

/** Pulls `--ref X`, `--path X`, `at X` and `on X` out of the words. */
function takeNamed(tokens: readonly string[]): { named: { revision: string | null; path: string | null }; rest: readonly string[] } {
  let revision: string | null = null;
  let path: string | null = null;
  const rest: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? "";
    const next = tokens[at + 1];
    if (next !== undefined && /^(?:--ref|at|on|branch)$/i.test(token)) [revision, at] = [next, at + 1];
    else if (next !== undefined && /^(?:--path|in|under)$/i.test(token)) [path, at] = [next, at + 1];
    else rest.push(token);
  }
  return { named: { revision, path }, rest };
}

function bare(token: string): string {
  return token.replace(/^`+|`+$/g, "");
}
