import type { Consultation } from "../../model/consultation.js";
import type { Project } from "../../model/project.js";
import { textAt } from "../lines.js";
import { libraryIndexOf } from "./library-index.js";
import type { LibraryIndex } from "./library-index.js";
import { inCode, mentionsIn } from "./mentions.js";
import type { Mention } from "./mentions.js";

/** Finds a name in a text that nothing bears; null when there is none. A proposal may name what is yet to be written, when it says so. */
export interface FindUnknownName {
  readonly inClaim: (sentence: string) => string | null;
  readonly inProposal: (sentence: string) => string | null;
  readonly inCode: (code: string) => string | null;
}

const creating =
  /\b(?:add|write|define|introduce|create|extract|move|new|name it|call it|generate|implement|rename|replace\w* (?:it|them) (?:with|by)|into an?|split|install)\b/i;

/** What a project, its locked packages and the libraries of `data/library-api.yml` bear, as a question. */
export function createFindUnknownName(consultation: Consultation): FindUnknownName {
  const bears = createBears(consultation);
  const first = (mentions: readonly Mention[], isKnown: (mention: Mention) => boolean) =>
    mentions.find((mention) => !isKnown(mention))?.written ?? null;
  return {
    inClaim: (sentence) => first(mentionsIn(sentence), bears.fully),
    inProposal: (sentence) => first(mentionsIn(sentence), creating.test(sentence) ? bears.libraries : bears.names),
    inCode: (code) => first(inCode(code), bears.libraries),
  };
}

interface Bears {
  /** Everything named exists. */
  readonly fully: (mention: Mention) => boolean;
  /** Files, modules and functions exist; other words are free. */
  readonly names: (mention: Mention) => boolean;
  /** What is said to be a library's exists; the project's own may be new. */
  readonly libraries: (mention: Mention) => boolean;
}

function createBears(consultation: Consultation): Bears {
  const { project } = consultation;
  const libraries = libraryIndexOf(consultation.standards.libraries);
  const words = createProjectWords(consultation);
  const roots = new Set([...project.modules.keys()].map((name) => name.split(".")[0] ?? name));
  const isOwn = (module: string) => roots.has(module.split(".")[0] ?? module);
  const modulesNamed = (name: string) => [...project.modules.keys()].filter((module) => module === name || module.endsWith(`.${name}`));

  const file = ({ path, line }: Extract<Mention, { kind: "file" }>) => {
    const text = fileText(consultation, path);
    return text === null ? !path.includes("/") && words.isWritten(path) : line === null || line <= text.split("\n").length;
  };
  const module = (name: string) =>
    modulesNamed(name).length > 0 ||
    [...project.modules.keys()].some((known) => known.startsWith(`${name}.`)) ||
    libraries.modulesNamed(name).length > 0 ||
    words.isWritten(name);
  const functionNamed = ({ module: owner, name, arity, inCode: within }: Extract<Mention, { kind: "function" }>) => {
    if (owner === null)
      return (
        projectFunctions(project).has(arity === null ? name : `${name}/${arity}`) ||
        libraries.hasFunction(name, arity) ||
        ((within || arity === null) && words.isKnown(name) && arity === null)
      );
    const own = modulesNamed(owner);
    const listed = libraries.modulesNamed(owner);
    if (
      own.some((candidate) => hasFunction(project, candidate, name, arity) || isRepositoryCall(project, libraries, candidate, name, arity))
    )
      return true;
    if (listed.some((candidate) => fits(libraries.arities(candidate, name), arity))) return true;
    if (own.length > 0 || listed.length > 0) return arity === null && words.isWritten(`${owner}.${name}`);
    // Of a package that is not listed, only what the project itself calls is known, and its twin that raises.
    return [name, `${name}!`, name.replace(/!$/, "")].some((candidate) => words.isWritten(`${owner}.${candidate}`));
  };
  const option = ({ name }: Extract<Mention, { kind: "option" }>) => libraries.isOption(name) || words.isKnown(name);
  const names = (mention: Mention): boolean => {
    if (mention.kind === "file") return file(mention);
    if (mention.kind === "module") return module(mention.module);
    if (mention.kind === "function") return mention.module === null && mention.arity === null ? true : functionNamed(mention);
    return mention.kind === "option" ? option(mention) : true;
  };
  return {
    names,
    fully: (mention) => {
      if (mention.kind === "word")
        return words.isKnown(mention.word) || libraries.isOption(mention.word) || libraries.hasFunction(mention.word, null);
      return mention.kind === "function" ? functionNamed(mention) : names(mention);
    },
    libraries: (mention) => {
      if (mention.kind === "option") return option(mention);
      if (mention.kind === "module") return isOwn(mention.module) || !libraries.owns(mention.module) || module(mention.module);
      if (mention.kind !== "function" || mention.module === null) return true;
      const isListed = libraries.modulesNamed(mention.module).length > 0 || libraries.owns(mention.module);
      return !isListed || (isOwn(mention.module) && mention.module.includes(".")) || functionNamed(mention);
    },
  };
}

function fileText(consultation: Consultation, path: string): string | null {
  const whole = textAt(consultation, path);
  if (whole !== null || path.includes("/")) return whole;
  const named = [...consultation.project.files.keys()].filter((known) => known.endsWith(`/${path}`));
  return named.length === 0 ? null : named.map((known) => textAt(consultation, known) ?? "").join("\n");
}

function fits(arities: ReadonlySet<number> | null, arity: number | null): boolean {
  return arities !== null && (arity === null || arities.has(arity));
}

function hasFunction(project: Project, module: string, name: string, arity: number | null): boolean {
  const own = project.modules.get(module)?.facts.functions ?? [];
  return (
    own.some((facts) => facts.name === name && (arity === null || (arity <= facts.arity && arity >= facts.arity - facts.defaults))) ||
    (arity !== null && project.functions.has(`${module}.${name}/${arity}`))
  );
}

/** `Shop.Repo.all/1` is Ecto's. */
function isRepositoryCall(project: Project, libraries: LibraryIndex, module: string, name: string, arity: number | null): boolean {
  return project.repositoryModules.has(module) && fits(libraries.arities("Ecto.Repo", name), arity);
}

const functionNames = new WeakMap<Project, ReadonlySet<string>>();

/** `list/1` and `list` for every function of the project. */
function projectFunctions(project: Project): ReadonlySet<string> {
  const earlier = functionNames.get(project);
  if (earlier !== undefined) return earlier;
  const names = new Set<string>();
  for (const { facts } of project.functions.values()) {
    names.add(facts.name);
    for (let arity = facts.arity - facts.defaults; arity <= facts.arity; arity += 1) names.add(`${facts.name}/${arity}`);
  }
  functionNames.set(project, names);
  return names;
}

interface ProjectWords {
  /** Whether a word is one the language or the project's code knows. */
  readonly isKnown: (word: string) => boolean;
  /** Whether a text stands in a file of the project. */
  readonly isWritten: (text: string) => boolean;
}

const language = new Set(
  "do end fn true false nil when and or not in if unless else case cond with for receive after rescue catch try raise throw quote unquote def defp defmacro defmacrop defmodule defstruct defdelegate defguard defimpl defprotocol use import alias require super impl doc moduledoc spec type behaviour callback derive mix iex git ok error reply noreply stop continue asc desc".split(
    " ",
  ),
);

function createProjectWords(consultation: Consultation): ProjectWords {
  const { project } = consultation;
  const answers = new Map<string, boolean>();
  const paths = [...new Set([...consultation.sources.map(({ path }) => path), ...project.files.keys()])];
  const isWritten = (text: string) => {
    const earlier = answers.get(text);
    if (earlier !== undefined) return earlier;
    // A dotted name must begin where it is written; a plain word may follow a dot.
    const pattern = new RegExp(`(?<![\\w${text.includes(".") ? "." : ""}])${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?!\\w)`);
    const found = paths.some((path) => {
      const whole = textAt(consultation, path) ?? "";
      return whole.includes(text) && pattern.test(whole);
    });
    answers.set(text, found);
    return found;
  };
  return {
    isWritten,
    isKnown: (word) =>
      language.has(word) || word.length < 2 || project.dependencies.has(word) || isTableWord(project, word) || isWritten(word),
  };
}

function isTableWord(project: Project, word: string): boolean {
  const { tables } = project.database;
  return (
    tables.has(word) || [...tables.values()].some((table) => table.columns.has(word) || table.indexes.some(({ name }) => name === word))
  );
}
