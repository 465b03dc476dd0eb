import { extractFacts } from "../../code/extract.js";
import { shown } from "../../model/address.js";
import type { Facts, FunctionFacts, ModuleFacts } from "../../model/facts.js";
import { listed, nearest } from "../../model/nearest.js";
import type { ParseSource } from "../../model/ports.js";
import type { LineRange, SourceRef } from "../../model/source.js";
import { positionOf, type Span } from "../../model/span.js";
import { isSourcePath, type SourceTree, type TreeEntry } from "../../model/tree.js";
import { readSources, type SourceText } from "../read-sources.js";
import { unresolved, type Unresolved } from "./unresolved.js";

export type ModuleRef = Extract<SourceRef, { kind: "module" }>;

/** Where a module or function stands. `lines` is null for a module that has its file to itself. */
export interface ModulePlace extends SourceText {
  readonly kind: "place";
  readonly lines: LineRange | null;
}

/** Finds a module by its whole name or its unique end (`Orders` for `Shop.Orders`), then the function in it. */
export async function locateModule(
  tree: SourceTree,
  reference: ModuleRef,
  parse: ParseSource,
  where: string,
): Promise<ModulePlace | Unresolved> {
  const entries = (await tree.list()).filter(({ path }) => isSourcePath(path) && /\.exs?$/.test(path));
  const guessed = await definitionsIn(
    tree,
    entries.filter(({ path }) => isUsualPath(path, reference.module)),
    reference.module,
    parse,
  );
  const sure = guessed.find(({ module }) => module.name === reference.module);
  if (sure !== undefined) return locateIn(sure, reference);

  const { sources } = await readSources(tree, entries);
  const definitions = definitionsAmong(sources, reference.module, parse);
  const whole = definitions.filter(({ module }) => module.name === reference.module);
  const [only, second] = whole.length > 0 ? whole : definitions;
  if (only === undefined) return unknownModule(reference.module, sources, where);
  if (second === undefined || whole.length > 0) return locateIn(only, reference);
  const candidates = [...new Set(definitions.map(({ module }) => module.name))].slice(0, 5);
  return unresolved(
    "ambiguous",
    `${shown(reference.module)} can be ${definitions.length} modules of ${where}: which one, ${listed(candidates)}?`,
    candidates,
  );
}

/** Finds a function by name and arity in any module of one file. */
export function locateFunction(source: SourceText, reference: ModuleRef, parse: ParseSource): ModulePlace | Unresolved {
  const facts = extractFacts(source.entry.path, source.text, parse);
  const functions = facts.modules.flatMap((module) => module.functions);
  return functionAmong(functions, { source, facts }, reference, source.entry.path);
}

interface Definition {
  readonly source: SourceText;
  readonly facts: Facts;
  readonly module: ModuleFacts;
}

async function definitionsIn(tree: SourceTree, entries: readonly TreeEntry[], module: string, parse: ParseSource): Promise<Definition[]> {
  return definitionsAmong((await readSources(tree, entries)).sources, module, parse);
}

/** Parses only the files whose text defines something of that last name. */
function definitionsAmong(sources: readonly SourceText[], wanted: string, parse: ParseSource): Definition[] {
  const last = wanted.slice(wanted.lastIndexOf(".") + 1).replace(/\W/g, "");
  const defines = new RegExp(`\\b(?:defmodule|defprotocol)[ (]+(?:[\\w.]+\\.)?${last}\\b`);
  return sources
    .filter(({ text }) => defines.test(text))
    .flatMap((source) => {
      const facts = extractFacts(source.entry.path, source.text, parse);
      const modules = facts.modules.filter(
        ({ name, kind }) => kind !== "implementation" && (name === wanted || name.endsWith(`.${wanted}`)),
      );
      return modules.map((module) => ({ source, facts, module }));
    });
}

/** Whether the path is the one a module of that name usually has: `Shop.Orders.LineItem` in `…/orders/line_item.ex`. */
function isUsualPath(path: string, module: string): boolean {
  const parts = module.split(".").map((part) => part.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase());
  return path.endsWith(`/${parts.slice(-2).join("/")}.ex`);
}

function locateIn({ source, facts, module }: Definition, reference: ModuleRef): ModulePlace | Unresolved {
  if (reference.function !== null) return functionAmong(module.functions, { source, facts }, reference, module.name);
  return { kind: "place", ...source, lines: facts.modules.length === 1 ? null : linesOf(facts, [module.span]) };
}

function functionAmong(
  functions: readonly FunctionFacts[],
  { source, facts }: Pick<Definition, "source" | "facts">,
  { function: name, arity }: ModuleRef,
  where: string,
): ModulePlace | Unresolved {
  // The mark of `valid?` is often taken for the sentence's.
  const named = [name, `${name ?? ""}?`, `${name ?? ""}!`]
    .map((spelling) => functions.filter((each) => each.name === spelling))
    .find((found) => found.length > 0);
  const fitting = (named ?? []).filter((each) => arity === null || (arity <= each.arity && arity >= each.arity - each.defaults));
  if (fitting.length > 0)
    return {
      kind: "place",
      ...source,
      lines: linesOf(
        facts,
        fitting.map(({ span }) => span),
      ),
    };
  const known = (named ?? functions).map((each) => `${each.name}/${each.arity}`);
  const candidates = named === undefined ? nearest(`${name ?? ""}/${arity ?? ""}`, known) : known.slice(0, 3);
  const remedy = candidates.length > 0 ? `did you mean ${listed(candidates)}?` : "name one that it defines.";
  return unresolved(
    "unknown_function",
    `${shown(where)} defines no ${shown(name ?? "")}${arity === null ? "" : `/${arity}`}: ${remedy}`,
    candidates,
  );
}

function linesOf(facts: Facts, spans: readonly Span[]): LineRange {
  const first = Math.min(...spans.map(({ start }) => start));
  const last = Math.max(...spans.map(({ end }) => end));
  return { first: positionOf(facts.lineStarts, first).line, last: positionOf(facts.lineStarts, Math.max(first, last - 1)).line };
}

function unknownModule(module: string, sources: readonly SourceText[], where: string): Unresolved {
  const names = sources.flatMap(({ text }) =>
    [...text.matchAll(/^\s*(?:defmodule|defprotocol)[ (]+([A-Z][\w.]*)/gm)].map(([, name]) => name ?? ""),
  );
  const candidates = nearest(module, names);
  const remedy = candidates.length > 0 ? `did you mean ${listed(candidates)}?` : "check the name and the branch.";
  return unresolved("unknown_module", `There is no module ${shown(module)} in ${where}: ${remedy}`, candidates);
}
