import type { Expression } from "../../model/expression.js";
import type { Facts, FunctionClause, FunctionFacts } from "../../model/facts.js";
import { outlineOfBody, outlineOfTopLevel, rememberOutline } from "../../model/outline.js";
import type { ProjectModule } from "../../model/project.js";
import type { Span } from "../../model/span.js";
import { optionOf, stringOf } from "../values.js";

/** A template file as the function of its view module that it is compiled to. */
export interface TemplateFunction {
  readonly module: string;
  readonly path: string;
  readonly facts: FunctionFacts;
}

/** Gives each template file to its module: by `embed_templates`, beside its LiveView, or in the folder Phoenix.View reads for a view. */
export function templateFunctions(files: readonly Facts[], modules: ReadonlyMap<string, ProjectModule>): TemplateFunction[] {
  const owners = createOwners(modules);
  return files.flatMap((file) => {
    if (file.language !== "heex" && file.language !== "eex") return [];
    const owner = owners.embedding(file.path) ?? owners.beside(file.path) ?? owners.viewOf(file.path);
    return owner === null ? [] : [{ module: owner.module, path: file.path, facts: compiled(file, owner.name) }];
  });
}

interface Owner {
  readonly module: string;
  readonly name: string;
}

function createOwners(modules: ReadonlyMap<string, ProjectModule>) {
  const byPath = new Map<string, ProjectModule>();
  const views: ProjectModule[] = [];
  const embedded: { module: string; matches: RegExp; suffix: string }[] = [];
  for (const module of modules.values()) {
    if (!byPath.has(module.path)) byPath.set(module.path, module);
    if (module.name.endsWith("View")) views.push(module);
    if (!outlineOfBody(module.facts).distinct.some((call) => call.function === "embed_templates")) continue;
    for (const call of module.facts.body) {
      const pattern = call.function === "embed_templates" ? stringOf(call.arguments[0]) : null;
      if (pattern === null) continue;
      const suffix = stringOf(optionOf(call, "suffix")) ?? "";
      embedded.push({ module: module.name, matches: globbed(folderOf(module.path), pattern), suffix });
    }
  }
  return {
    embedding: (path: string): Owner | null => {
      const found = embedded.find((candidate) => candidate.matches.test(path));
      return found === undefined ? null : { module: found.module, name: `${baseName(path)}${found.suffix}` };
    },
    beside: (path: string): Owner | null => {
      const own = byPath.get(path.replace(/(\.html)?\.[a-z]+$/, ".ex"));
      if (own !== undefined) return { module: own.name, name: "render" };
      const folder = byPath.get(`${folderOf(path)}.ex`);
      return folder === undefined || !/(_html|layouts)$/.test(folderOf(path)) ? null : { module: folder.name, name: baseName(path) };
    },
    viewOf: (path: string): Owner | null => {
      const match = /^(.*?)\/?templates\/(.+)\.[a-z]+$/.exec(path);
      const segments = match?.[2]?.split("/") ?? [];
      for (let length = segments.length - 1; length > 0; length -= 1) {
        const view = viewNamed(`${segments.slice(0, length).map(camelize).join(".")}View`, match?.[1] ?? "", views);
        if (view !== null) return { module: view.name, name: segments.slice(length).join("/") };
      }
      return null;
    },
  };
}

/** The view of that name, in the application whose folder begins with `root` where several have one. */
function viewNamed(suffix: string, root: string, views: readonly ProjectModule[]): ProjectModule | null {
  const candidates = views.filter((view) => view.name === suffix || view.name.endsWith(`.${suffix}`));
  const near = candidates.filter((view) => view.path.startsWith(root));
  return (near.length > 0 ? near : candidates).sort((one, other) => one.name.length - other.name.length)[0] ?? null;
}

function compiled(file: Facts, name: string): FunctionFacts {
  const nameSpan = { start: 0, end: 0 };
  const clause: FunctionClause = {
    parameters: [{ kind: "variable", name: "assigns", pinned: false, span: nameSpan }],
    guard: null,
    get body(): Expression {
      const [only, ...more] = file.topLevel;
      return only !== undefined && more.length === 0 ? only : { kind: "block", expressions: file.topLevel, span: spanOf(file) };
    },
    get span() {
      return spanOf(file);
    },
  };
  rememberOutline(clause, () => outlineOfTopLevel(file));
  return {
    ...{ name, arity: 1, defaults: 0, kind: "function", visibility: "public" },
    ...{ documented: false, implements: false, delegatesTo: null, clauses: [clause], nameSpan },
    get span() {
      return clause.span;
    },
  };
}

function spanOf(file: Facts): Span {
  return { start: 0, end: Math.max(0, ...file.topLevel.map((expression) => expression.span.end)) };
}

/** The files `embed_templates "user_html/*"` takes in, seen from the module's folder; the extensions that follow the pattern are free. */
function globbed(folder: string, pattern: string): RegExp {
  const parts = folder.split("/");
  for (const part of pattern.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  const escaped = parts.join("/").replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("**/", "(?:.+/)?").replaceAll("*", "[^/]*")}(?:\\.\\w+)+$`);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).split(".")[0] ?? "";
}

function camelize(word: string): string {
  return word
    .split("_")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}
