import type { Expression } from "../../model/expression.js";
import type { ProjectModule } from "../../model/project.js";
import type { ModuleIndex } from "../modules/index-modules.js";
import type { FunctionIndex } from "./index-functions.js";
import { lookUp } from "./index-functions.js";
import type { Callee, Resolver } from "./resolve.js";

const mostSteps = 8;

/** Whether a file is of a language whose names come by import (Python, JavaScript), not of Elixir. */
export function isImporting(path: string): boolean {
  return /\.(?:py|[cm]?[jt]s)$/.test(path);
}

/**
 * Resolves names in a language with imports and classes. A dotted name is followed through what files export and re-export, what fields
 * hold and what classes inherit: `app.db.pool` may be `pg.Pool`, and `shop.models.Order.objects` is `django.db.models.Model.objects`.
 */
export function createImportResolver(module: ProjectModule, index: ModuleIndex, byName: FunctionIndex["byName"]): Resolver {
  const expand = remembered((name: string) => expandName(name, module, index));

  const find = (target: string, name: string, arity: number, steps: number): Callee => {
    const own = lookUp(byName, target, name, arity) ?? sole(byName, target, name);
    const called = { local: false, function: name, arity };
    if (own !== null) return { ...called, id: own.id, modules: [target] };
    const facts = index.modules.get(target)?.facts;
    const passedOn = steps < mostSteps ? facts?.aliases.find(({ short }) => short === name) : undefined;
    if (passedOn !== undefined) {
      const dot = passedOn.name.lastIndexOf(".");
      if (dot > 0) return find(expand(passedOn.name.slice(0, dot)), passedOn.name.slice(dot + 1), arity, steps + 1);
    }
    // `require("./user")` may be the model that file exports as a whole.
    const whole = steps < mostSteps ? facts?.aliases.find(({ short }) => short === "default") : undefined;
    if (whole !== undefined && name !== "default") return find(expand(whole.name), name, arity, steps + 1);
    for (const base of facts?.uses ?? []) {
      const inherited = steps < mostSteps ? find(expand(base.module), name, arity, steps + 1) : null;
      if (inherited !== null && (inherited.id !== null || !index.modules.has(inherited.modules[0] ?? ""))) return inherited;
    }
    return { ...called, id: null, modules: [target] };
  };

  const found = new Map<string, Callee>();
  const named = (written: string | null, name: string, arity: number): Callee => {
    const key = `${written ?? ""} ${name}/${arity}`;
    const earlier = found.get(key);
    if (earlier !== undefined) return earlier;
    const callee = written === null ? { id: null, modules: [], local: true, function: name, arity } : find(expand(written), name, arity, 0);
    found.set(key, callee);
    return callee;
  };

  return {
    module: module.name,
    expand,
    call: ({ module: written, details, function: name, arity }) =>
      written === null && (details?.receiver ?? null) !== null ? null : named(written, name, arity),
    named,
  };
}

/** Optional arguments are passed by name or left out: the only function of that name is the one. */
function sole(byName: FunctionIndex["byName"], module: string, name: string): { readonly id: string } | null {
  const [only, second] = byName.get(module)?.get(name) ?? [];
  return only !== undefined && second === undefined ? only : null;
}

function expandName(name: string, module: ProjectModule, index: ModuleIndex): string {
  let current = name;
  for (let step = 0; step < mostSteps; step += 1) {
    const next = expandOnce(current, module, index);
    if (next === current) return current;
    current = next;
  }
  return current;
}

function expandOnce(name: string, module: ProjectModule, index: ModuleIndex): string {
  const [prefix, rest] = longestKnown(name, module, index) ?? [null, []];
  if (prefix === null) return name;
  const [first, ...further] = rest;
  if (first === undefined) return prefix;
  const facts = index.modules.get(prefix)?.facts;
  const alias = facts?.aliases.find(({ short }) => short === first);
  if (alias !== undefined && alias.name !== `${prefix}.${first}`) return [alias.name, ...further].join(".");
  const [base] = facts?.uses ?? [];
  if (base !== undefined && !declares(facts?.attributes ?? [], first)) return [base.module, ...rest].join(".");
  return [prefix, ...rest].join(".");
}

function declares(attributes: readonly { readonly name: string; readonly value: Expression | null }[], name: string): boolean {
  return attributes.some((attribute) => attribute.name === name);
}

/** The longest part of a name that is a module: of the name as written, else as seen from the folders around, as a service may be anywhere in its repository. */
function longestKnown(name: string, module: ProjectModule, index: ModuleIndex): [string, string[]] | null {
  const around = module.name.split(".").slice(0, -1);
  const segments = name.split(".");
  for (const folder of [[], ...around.map((_, dropped) => around.slice(0, around.length - dropped))]) {
    for (let length = segments.length; length > 0; length -= 1) {
      const prefix = [...folder, ...segments.slice(0, length)].join(".");
      if (index.modules.has(prefix)) return [prefix, segments.slice(length)];
    }
  }
  return null;
}

function remembered(compute: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const earlier = known.get(name);
    if (earlier !== undefined) return earlier;
    const value = compute(name);
    known.set(name, value);
    return value;
  };
}
