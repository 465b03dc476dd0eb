import type { Call, Expression } from "../../model/expression.js";
import type { ModuleFacts, ModuleReference } from "../../model/facts.js";
import { atomOf, moduleNameOf, optionOf } from "../values.js";
import { quotedBy } from "./quotes.js";

/** What a module's `use` lines bring into it, through the project's own `__using__` macros. */
export interface Injection {
  /** Every module reached by `use`, the written ones included. */
  readonly uses: ReadonlySet<string>;
  readonly imports: readonly ModuleReference[];
  /** Short name → full name. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Module attributes set by the quotes, such as `@primary_key`. */
  readonly attributes: ReadonlyMap<string, Expression>;
  /** Other macro calls the quotes make in the module's body (`plug`, `on_mount`), and where they were written. */
  readonly calls: readonly InjectedCall[];
}

export interface InjectedCall {
  readonly call: Call;
  readonly path: string;
}

/** A module with the file it is in. */
export interface LocatedModule {
  readonly path: string;
  readonly facts: ModuleFacts;
}

/** Follows `use` lines to their ends. Library modules are named and not followed. */
export function injectionOf(facts: ModuleFacts, modules: ReadonlyMap<string, LocatedModule>): Injection {
  const uses = new Set<string>();
  const imports: ModuleReference[] = [...facts.imports];
  const aliases = new Map<string, string>();
  const attributes = new Map<string, Expression>();
  const calls: InjectedCall[] = [];
  const pending = facts.uses.map((reference) => ({ module: reference.module, options: reference.options }));
  const seen = new Set<string>();
  for (let reference = pending.shift(); reference !== undefined; reference = pending.shift()) {
    uses.add(reference.module);
    const key = `${reference.module} ${atomOf(reference.options) ?? ""}`;
    const used = modules.get(reference.module);
    if (used === undefined || seen.has(key)) continue;
    seen.add(key);
    for (const statement of quotedBy(used.facts, reference.options)) {
      const attribute = attributeSet(statement);
      if (attribute !== null) attributes.set(attribute.name, attribute.value);
      if (statement.kind !== "call" || statement.module !== null) continue;
      const named = statement.arguments.flatMap((argument) => moduleNameOf(argument) ?? []);
      const options = statement.arguments.find((argument) => argument.kind !== "module") ?? null;
      if (statement.function === "use") pending.push(...named.map((module) => ({ module, options })));
      else if (statement.function === "import") imports.push(...named.map((module) => ({ module, options, span: statement.span })));
      else if (statement.function === "alias") for (const name of named) aliases.set(shortOf(name, options), name);
      else calls.push({ call: statement, path: used.path });
    }
  }
  return { uses, imports, aliases, attributes, calls };
}

/** The name an alias gives: `as:`, else the last part. */
function shortOf(name: string, options: Expression | null): string {
  const written = moduleNameOf(optionOf(options, "as")) ?? name;
  return written.split(".").at(-1) ?? written;
}

/** `@name value` inside a quote. */
function attributeSet(statement: Expression): { name: string; value: Expression } | null {
  if (statement.kind !== "call" || !statement.function.startsWith("@")) return null;
  const [value] = statement.arguments;
  return value === undefined ? null : { name: statement.function.slice(1), value };
}
