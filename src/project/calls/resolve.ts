import type { Expression } from "../../model/expression.js";
import type { FunctionClause, ModuleReference } from "../../model/facts.js";
import type { OutlinedCall } from "../../model/outline.js";
import type { FunctionId, ProjectModule } from "../../model/project.js";
import type { ModuleIndex } from "../modules/index-modules.js";
import type { Injection } from "../modules/injections.js";
import { atomOf, elementsOf, optionOf } from "../values.js";
import type { HeldModule } from "./held-module.js";
import { lookUp, type FunctionIndex } from "./index-functions.js";

/** What a call reaches. `id` is set for a function of this project; `modules` are where the function may come from. */
export interface Callee {
  readonly id: FunctionId | null;
  /** The called module; for a local call what it may have been imported or injected from, `Kernel` last. */
  readonly modules: readonly string[];
  readonly local: boolean;
  readonly function: string;
  readonly arity: number;
}

/** Resolves names as they are seen from inside one module. */
export interface Resolver {
  readonly module: string;
  readonly expand: (name: string) => string;
  /** Null for a call on a value that holds no known module; the clause it is written in tells what its variables hold. The same callee is the same object. */
  readonly call: (call: OutlinedCall, clause: FunctionClause | null) => Callee | null;
  readonly named: (module: string | null, name: string, arity: number) => Callee;
}

export function createResolver(
  module: ProjectModule,
  index: ModuleIndex,
  byName: FunctionIndex["byName"],
  heldModule: HeldModule,
): Resolver {
  const injection = index.injections.get(module.name);
  const expand = createExpand(module, index, injection);

  const resolve = (written: string | null, name: string, arity: number): Callee => {
    const target = written === null ? module.name : expand(written);
    const own = lookUp(byName, target, name, arity);
    if (written !== null) return { id: own?.id ?? null, modules: [target], local: false, function: name, arity };
    if (own !== null) return { id: own.id, modules: kernelAlone, local: true, function: name, arity };
    const imported = importedFrom(injection?.imports ?? module.facts.imports, name, arity).map(expand);
    const found = imported.map((from) => lookUp(byName, from, name, arity)).find((candidate) => candidate !== null) ?? null;
    return { id: found?.id ?? null, modules: [...imported, "Kernel"], local: true, function: name, arity };
  };

  const known = new Map<string | null, Map<string, Callee[]>>();
  const named = (written: string | null, name: string, arity: number): Callee => {
    const names = known.get(written) ?? new Map<string, Callee[]>();
    if (names.size === 0) known.set(written, names);
    const callees = names.get(name) ?? [];
    if (callees.length === 0) names.set(name, callees);
    for (const callee of callees) if (callee.arity === arity) return callee;
    const callee = resolve(written, name, arity);
    callees.push(callee);
    return callee;
  };

  const call = (written: OutlinedCall, clause: FunctionClause | null): Callee | null => {
    const receiver = written.details?.receiver ?? null;
    const target = receiver === null ? written.module : heldModule(receiver, written.span, module, clause);
    if (receiver !== null && target === null) return null;
    const callee = named(target, written.function, written.arity);
    if (callee.id !== null || !written.block) return callee;
    const withBlock = named(target, written.function, written.arity + 1);
    return withBlock.id === null ? callee : withBlock;
  };

  return { module: module.name, expand, call, named };
}

const kernelAlone: readonly string[] = ["Kernel"];

/** Names a module as seen from inside another: aliases brought by `use`, nested modules, `__MODULE__`. */
function createExpand(module: ProjectModule, index: ModuleIndex, injection: Injection | undefined): (name: string) => string {
  const known = new Map<string, string>();
  const ownAlias = (short: string): string | undefined => module.facts.aliases.findLast((alias) => alias.short === short)?.name;
  const expandOnce = (name: string): string => {
    if (name === "__MODULE__") return module.name;
    if (name.startsWith("__MODULE__.")) return module.name + name.slice("__MODULE__".length);
    if (index.modules.has(name)) return name;
    const dot = name.indexOf(".");
    const first = dot < 0 ? name : name.slice(0, dot);
    const alias = ownAlias(first) ?? injection?.aliases.get(first);
    if (alias !== undefined && alias !== first) return dot < 0 ? alias : alias + name.slice(dot);
    const nested = `${module.name}.${name}`;
    return index.modules.has(nested) ? nested : name;
  };
  return (name) => {
    const earlier = known.get(name);
    if (earlier !== undefined) return earlier;
    const expanded = expandOnce(name);
    known.set(name, expanded);
    return expanded;
  };
}

/** Modules whose import lines let `name/arity` in. */
function importedFrom(imports: readonly ModuleReference[], name: string, arity: number): string[] {
  return imports.filter((reference) => admits(reference, name, arity)).map((reference) => reference.module);
}

function admits(reference: ModuleReference, name: string, arity: number): boolean {
  if (reference.options === null) return true;
  const only = optionOf(reference.options, "only");
  const except = optionOf(reference.options, "except");
  if (only?.kind === "keyword") return lists(only, name, arity);
  if (except?.kind === "keyword") return !lists(except, name, arity);
  return atomOf(only) === null || atomOf(only) === "functions" || atomOf(only) === "macros";
}

function lists(keyword: Expression, name: string, arity: number): boolean {
  if (keyword.kind !== "keyword") return elementsOf(keyword).some((element) => atomOf(element) === name);
  return keyword.entries.some((entry) => entry.key === name && entry.value.kind === "literal" && Number(entry.value.value) === arity);
}
