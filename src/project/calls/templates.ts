import type { Facts, FunctionFacts } from "../../model/facts.js";
import type { ProjectModule } from "../../model/project.js";
import { stringOf } from "../values.js";

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
  const embedded = new Map<string, { module: string; suffix: string }>();
  for (const module of modules.values()) {
    if (!byPath.has(module.path)) byPath.set(module.path, module);
    if (module.name.endsWith("View")) views.push(module);
    for (const call of module.facts.body) {
      const pattern = call.function === "embed_templates" ? stringOf(call.arguments[0]) : null;
      if (pattern !== null) embedded.set(embeddedFolder(module.path, pattern), { module: module.name, suffix: "" });
    }
  }
  return {
    embedding: (path: string): Owner | null => {
      const found = embedded.get(folderOf(path));
      return found === undefined ? null : { module: found.module, name: baseName(path) };
    },
    beside: (path: string): Owner | null => {
      const own = byPath.get(path.replace(/(\.html)?\.[a-z]+$/, ".ex"));
      if (own !== undefined) return { module: own.name, name: "render" };
      const folder = byPath.get(`${folderOf(path)}.ex`);
      return folder === undefined || !/(_html|layouts)$/.test(folderOf(path)) ? null : { module: folder.name, name: baseName(path) };
    },
    viewOf: (path: string): Owner | null => {
      const match = /^(.*?)\/?templates\/(.+)\/([^/]+)\.[a-z]+$/.exec(path);
      if (match === null) return null;
      const suffix = `${(match[2] ?? "").split("/").map(camelize).join(".")}View`;
      const candidates = views.filter((view) => view.name === suffix || view.name.endsWith(`.${suffix}`));
      const near = candidates.filter((view) => view.path.startsWith(match[1] ?? ""));
      const [view] = (near.length > 0 ? near : candidates).sort((one, other) => one.name.length - other.name.length);
      return view === undefined ? null : { module: view.name, name: match[3] ?? "" };
    },
  };
}

function compiled(file: Facts, name: string): FunctionFacts {
  const span = { start: 0, end: Math.max(0, ...file.topLevel.map((expression) => expression.span.end)) };
  const nameSpan = { start: 0, end: 0 };
  const [only, ...more] = file.topLevel;
  const body = only !== undefined && more.length === 0 ? only : ({ kind: "block", expressions: file.topLevel, span } as const);
  const parameters = [{ kind: "variable", name: "assigns", pinned: false, span: nameSpan } as const];
  return {
    name,
    arity: 1,
    defaults: 0,
    kind: "function",
    visibility: "public",
    documented: false,
    implements: false,
    delegatesTo: null,
    clauses: [{ parameters, guard: null, body, span }],
    span,
    nameSpan,
  };
}

function embeddedFolder(modulePath: string, pattern: string): string {
  const parts = folderOf(modulePath).split("/");
  for (const part of pattern.split("/").slice(0, -1)) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
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
