import type { LineRange, SourceRef } from "../model/source.js";
import { readHints, type Hints } from "./hints.js";
import { readLink } from "./links.js";
import { takeSnippets } from "./snippets.js";
import { readLines, splitLines, tokensOf, type Token } from "./tokens.js";

/** An attached file whose text was already fetched. */
export interface AttachedText {
  readonly name: string;
  readonly text: string;
}

/** More than this nobody means; the rest is not looked at. */
const mostReferences = 20;
const longestText = 40_000;

const extensions = "exs?|heex|eex|leex|erl|hrl|py|js|jsx|mjs|cjs|ts|tsx|vue|sql|ya?ml|json|toml|css|html?|md|txt|sh|lock";
const withExtension = new RegExp(`^[^\\s:*?"<>|]*[\\w)\\]-]\\.(?:${extensions})$`, "i");
const bareName = new RegExp(`^[a-z0-9_][\\w.-]*\\.(?:${extensions})$`);
const sourceRoot = /^(?:\.\/)?(?:apps|assets|config|lib|priv|src|test|rel)\/[^\s:]*\w/;
const leadsAway = /^(?:\.\.\/|~\/|\/[^/\s]+\/)\S/;

/** Modules of the language and its libraries: people mention them in questions, and no team's repository defines them. */
const libraries = new Set(
  (
    "Absinthe Agent Application Ash Atom Broadway Cachex Credo Date DateTime Ecto Enum ExUnit File Finch Float GenServer GenStage IO " +
    "Integer Jason Kernel Keyword Kino List Logger Macro Map MapSet Mix Module NaiveDateTime Next Node Nx Oban Phoenix Plug Postgrex " +
    "Process Registry Repo Req Sobelow Stream String Supervisor Swoosh System Task Telemetry Tesla Tuple URI Vue"
  ).split(" "),
);

/**
 * What a message points at: attached files, pasted blocks, then links, paths, modules and functions in the order written, each once.
 * "in repo NAME" and "on branch X" are laid on those that do not say it themselves. Words such as "this file" give nothing: the resolver then
 * takes what the thread spoke of. `repositories` are known names and aliases. Any text is read; none makes it throw.
 */
export function parseReferences(text: string, files: readonly AttachedText[] = [], repositories: readonly string[] = []): SourceRef[] {
  const { snippets, rest } = takeSnippets(text.slice(0, longestText));
  const tokens = tokensOf(rest);
  const hints = readHints(tokens, repositories);
  const references: SourceRef[] = [
    ...files.map(({ name, text: content }) => ({ kind: "file" as const, name, text: content })),
    ...snippets,
  ];
  for (const [position, token] of tokens.entries()) {
    if (hints.used.has(position)) continue;
    const reference = readLink(token.text) ?? readPath(token, tokens, position, hints) ?? readModule(token, hints);
    if (reference !== null) references.push(reference);
  }
  const seen = new Set<string>();
  return withModules(references)
    .filter((reference) => !seen.has(keyOf(reference)) && seen.add(keyOf(reference)))
    .slice(0, mostReferences);
}

/** The repository and revision a message names, for requests that point at nothing else. */
export function parseHints(text: string, repositories: readonly string[] = []): Pick<Hints, "repository" | "revision"> {
  const { repository, revision } = readHints(tokensOf(takeSnippets(text.slice(0, longestText)).rest), repositories);
  return { repository, revision };
}

function readPath(token: Token, tokens: readonly Token[], position: number, hints: Hints): SourceRef | null {
  if (token.text.includes("://")) return null;
  const { body, lines } = splitLines(token.text);
  const colon = body.indexOf(":");
  const [prefix, rest] = colon === -1 ? ["", body] : [body.slice(0, colon), body.slice(colon + 1)];
  const [path = "", after] = splitAt(rest);
  const [name = "", before] = splitAt(prefix);
  if (!looksLikePath(path, token.quoted)) return null;
  if (colon !== -1 && !/^[A-Za-z0-9][\w./-]*$/.test(name)) return null;
  return {
    kind: "path",
    repository: name === "" || spokenPrefix.test(name) ? hints.repository : name,
    path,
    lines: lines ?? linesInWords(tokens, position),
    revision: after ?? before ?? hints.revision,
  };
}

/** What stands before a colon in prose and compiler output. */
const spokenPrefix = /^(?:at|code|error|file|here|in|info|path|review|see|this|warning)$/i;

/** `lib/a.ex@main` → path and revision. */
function splitAt(text: string): [string, string | null] {
  const at = text.lastIndexOf("@");
  return at <= 0 || at === text.length - 1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function looksLikePath(text: string, quoted: boolean): boolean {
  if (text.length > 500) return false;
  if (leadsAway.test(text)) return true;
  if (text.includes("/")) return withExtension.test(text) || sourceRoot.test(text);
  return bareName.test(text) || (quoted && withExtension.test(text));
}

/** "lib/a.ex lines 10-40", "lib/a.ex, line 12". */
function linesInWords(tokens: readonly Token[], position: number): LineRange | null {
  let at = position + 1;
  if (/^(?:at|on|from)$/i.test(tokens[at]?.text ?? "")) at += 1;
  if (!/^lines?$/i.test(tokens[at]?.text ?? "")) return null;
  const [first, joint, last] = [tokens[at + 1]?.text ?? "", tokens[at + 2]?.text ?? "", tokens[at + 3]?.text ?? ""];
  return /^(?:to|-|–|and)$/i.test(joint) ? (readLines(`${first}-${last}`) ?? readLines(first)) : readLines(first);
}

/** `list/1` belongs to the one module the message names; beside other references it is a detail of the question. */
function withModules(references: readonly SourceRef[]): SourceRef[] {
  const modules = references.filter((reference) => reference.kind === "module" && reference.module !== "");
  const others = references.some((reference) => reference.kind !== "module");
  const [only, second] = modules;
  return references.flatMap((reference) => {
    if (reference.kind !== "module" || reference.module !== "") return [reference];
    if (only?.kind === "module" && second === undefined) return [{ ...reference, module: only.module }];
    return others || modules.length > 0 ? [] : [reference];
  });
}

const moduleName = /^&?((?:[A-Z]\w*\.)*[A-Z]\w*)(?:\.([a-z_]\w*[?!]?))?(?:\/(\d{1,3})|\([^)]*\)?)?$/;
const functionName = /^&?([a-z_]\w+[?!]?)\/(\d{1,3})$/;

/** `Shop.Orders`, `Shop.Orders.list/1`, and `list/1` alone, whose module is then empty. One capitalised word counts in backticks only. */
function readModule(token: Token, hints: Hints): SourceRef | null {
  const { repository, revision } = hints;
  const alone = functionName.exec(token.text);
  if (alone !== null) return { kind: "module", repository, module: "", function: alone[1] ?? "", arity: Number(alone[2]), revision };
  const found = token.text.length > 300 ? null : moduleName.exec(token.text.replace(/^Elixir\./, ""));
  if (found === null) return null;
  const [, module = "", name, arity] = found;
  const dotted = module.includes(".") || name !== undefined;
  if (libraries.has(module.split(".")[0] ?? "") || (!dotted && !token.quoted) || /^[A-Z](?:\.[A-Z])*$/.test(module)) return null;
  return { kind: "module", repository, module, function: name ?? null, arity: arity === undefined ? null : Number(arity), revision };
}

function keyOf(reference: SourceRef): string {
  return JSON.stringify(reference);
}
