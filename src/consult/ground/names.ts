import type { Consultation } from "../../model/consultation.js";
import { textAt } from "../lines.js";

/** Finds a name in a sentence that this project would have to hold and doesn't; null when there is none. */
export type FindUnknownName = (sentence: string) => string | null;

/**
 * Looks at code spans: a file, a module of the project's own namespaces, a function with its arity. Names of libraries
 * are not judged: a sentence may well say that one is missing.
 */
export function createFindUnknownName(consultation: Consultation): FindUnknownName {
  const { project } = consultation;
  const roots = new Set([...project.modules.keys()].map((name) => name.split(".")[0] ?? name));
  const functionNames = new Set([...project.functions.keys()].map((id) => id.slice(id.lastIndexOf(".") + 1)));
  const read = () => consultation.sources.map((source) => source.text).join("\n");

  const isUnknownFile = (span: string) => {
    const [, path, line] = /^([\w./-]+\.(?:exs?|heex|eex|leex))(?::(\d+))?$/.exec(span) ?? [];
    if (path === undefined) return false;
    const text = textAt(consultation, path);
    if (text === null) return path.includes("/");
    return line !== undefined && Number(line) > text.split("\n").length;
  };
  const isUnknownModule = (span: string) => {
    const module = /^([A-Z]\w*(?:\.[A-Z]\w*)+)/.exec(span)?.[1];
    return (
      module !== undefined && roots.has(module.split(".")[0] ?? "") && !isNamespace(module, project.modules) && !read().includes(module)
    );
  };
  const isUnknownFunction = (span: string) => {
    const [, name, arity] = /^([a-z_]\w*[?!]?)\/(\d+)$/.exec(span) ?? [];
    return name !== undefined && !functionNames.has(`${name}/${arity}`) && !read().includes(name);
  };
  return (sentence) =>
    [...sentence.matchAll(/`([^`\n]+)`/g)]
      .map(([, span]) => (span ?? "").trim())
      .find((span) => isUnknownFile(span) || isUnknownModule(span) || isUnknownFunction(span)) ?? null;
}

function isNamespace(name: string, modules: ReadonlyMap<string, unknown>): boolean {
  return modules.has(name) || [...modules.keys()].some((known) => known.startsWith(`${name}.`));
}
