import type { Token } from "./tokens.js";

/** What a message says beside its references; `used` are the positions of the words that said it. */
export interface Hints {
  readonly repository: string | null;
  readonly revision: string | null;
  readonly used: ReadonlySet<number>;
}

const name = /^[A-Za-z0-9][\w./-]{0,99}$/;
const revisionWord = /^(?![-/])[\w./~^+-]{1,250}$/;
const usualBranch = /^(?:main|master|develop|trunk|HEAD(?:[~^]\d{0,3})*)$/;
/** A commit id as people shorten it: digits and letters both, else it is a number or a word. */
const commitId = /^(?=.*\d)(?=.*[a-f])[0-9a-f]{7,64}$/i;
/** Two numbers without `v` are as likely the version of a library. */
const version = /^(?:v\d+(?:\.\d+)*|\d+\.\d+\.\d+)(?:[-+][\w.]+)?$/i;
const branchFolder = /^(?:feature|feat|fix|bugfix|hotfix|release|releases|chore|refactor|renovate|dependabot|origin)\/[\w./-]+$/i;
const stopWords = new Set(
  "a an and any are as at be by can do for from has have if in is it its me my of on or our please so that the this to us we what where which with you your".split(
    " ",
  ),
);

/** Reads "in repo NAME", "in NAME" for known names, "on branch X", "at v1.2", "commit abc1234" and "@abc1234". The last of each wins. */
export function readHints(tokens: readonly Token[], repositories: readonly string[]): Hints {
  const known = new Map(repositories.map((repository) => [repository.toLowerCase(), repository]));
  const used = new Set<number>();
  let repository: string | null = null;
  let revision: string | null = null;
  const wordAt = (position: number) => tokens[position]?.text ?? "";
  for (const position of tokens.keys()) {
    const word = wordAt(position).toLowerCase();
    const named = /^(?:repo|repository)$/.test(word) ? nameBeside(wordAt, position, known) : knownAfter(wordAt, position, known);
    if (named !== null) {
      repository = wordAt(named);
      used.add(named);
    }
    const stated = statedRevision(wordAt, position);
    if (stated !== null && !used.has(stated)) {
      revision = wordAt(stated).replace(/^@/, "");
      used.add(stated);
    }
  }
  return { repository: repository === null ? null : (known.get(repository.toLowerCase()) ?? repository), revision, used };
}

/** "repo NAME", or "the NAME repo" when NAME is known. */
function nameBeside(wordAt: (position: number) => string, position: number, known: ReadonlyMap<string, string>): number | null {
  if (known.has(wordAt(position - 1).toLowerCase())) return position - 1;
  const next = wordAt(position + 1);
  return name.test(next) && !stopWords.has(next.toLowerCase()) && !/\.exs?$/.test(next) ? position + 1 : null;
}

/** "in NAME", "from NAME" for known names only. */
function knownAfter(wordAt: (position: number) => string, position: number, known: ReadonlyMap<string, string>): number | null {
  if (!/^(?:in|from|of|for)$/i.test(wordAt(position))) return null;
  return known.has(wordAt(position + 1).toLowerCase()) ? position + 1 : null;
}

function statedRevision(wordAt: (position: number) => string, position: number): number | null {
  const word = wordAt(position).toLowerCase();
  const next = wordAt(position + 1);
  if (word === "commit" || word === "sha") return /^[0-9a-f]{7,64}$/i.test(next) ? position + 1 : null;
  if (/^(?:branch|tag|ref|revision)$/.test(word)) {
    const previous = wordAt(position - 1);
    if (word === "branch" && looksLikeBranch(previous)) return position - 1;
    const introduced = position === 0 || /^(?:on|at|in|from|the|of)$/i.test(previous);
    return introduced && revisionWord.test(next) && !stopWords.has(next.toLowerCase()) ? position + 1 : null;
  }
  if (/^(?:on|at|from)$/.test(word)) return looksLikeRevision(next.replace(/^@/, "")) ? position + 1 : null;
  return word.startsWith("@") && (commitId.test(word.slice(1)) || version.test(word.slice(1))) ? position : null;
}

function looksLikeRevision(word: string): boolean {
  return usualBranch.test(word) || commitId.test(word) || version.test(word) || branchFolder.test(word);
}

/** "the staging branch", "the shop-42 branch": with the word beside it, more may be a branch. */
function looksLikeBranch(word: string): boolean {
  return (
    looksLikeRevision(word) || /^(?:dev|development|staging|production|next)$/.test(word) || /^[A-Za-z][\w.]*[-/_][\w./-]+$/.test(word)
  );
}
