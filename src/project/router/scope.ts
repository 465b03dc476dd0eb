import type { Call, Expression } from "../../model/expression.js";
import type { Plug, Route } from "../../model/project.js";

/** What surrounds a line of a router. */
export interface RouterScope {
  /** The file being read: a macro's lines stand in the macro's file. */
  readonly file: string;
  /** The path of every scope and resource around, joined. */
  readonly path: string;
  /** The alias of every scope around, joined with dots; empty without one. */
  readonly alias: string;
  readonly pipelines: readonly string[];
  readonly liveSession: Route["liveSession"];
  readonly unreadMacros: readonly string[];
}

/** What is known of the whole router while it is read. */
export interface RouterContext {
  readonly module: string;
  /** Filled as pipelines are met. */
  readonly pipelines: Map<string, readonly Plug[]>;
  readonly expand: (name: string) => string;
  /** Whether a module of this name is in the project. */
  readonly isModule: (name: string) => boolean;
  readonly expandMacro: ExpandMacro;
}

/** A call of one of the project's macros turned into the statements it stands for and the file they were written in; null when it can't be read. */
export type ExpandMacro = (call: Call) => { readonly statements: readonly Expression[]; readonly path: string } | null;

export function outermost(file: string): RouterScope {
  return { file, path: "", alias: "", pipelines: [], liveSession: null, unreadMacros: [] };
}

/** Joins path segments with single slashes: `/admin` and `/users/:id` → `/admin/users/:id`. */
export function joinPath(base: string, path: string): string {
  const joined = `/${base}/${path}`.replace(/\/+/g, "/");
  return joined.length > 1 ? joined.replace(/\/$/, "") : joined;
}

/** Joins a scope's alias and a module name with a dot; either may be empty. */
export function joinAlias(base: string, name: string): string {
  if (base === "" || name === "") return base + name;
  return `${base}.${name}`;
}

/** The written module behind the scopes' alias; a name that is whole without it stays as it is. */
export function targetModule(written: string, alias: string, context: RouterContext): string {
  const joined = context.expand(joinAlias(alias, written));
  return !context.isModule(joined) && context.isModule(context.expand(written)) ? context.expand(written) : joined;
}
