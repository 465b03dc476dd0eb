import type { Expression } from "../../model/expression.js";
import type { ConfigurationEntry, Project } from "../../model/project.js";
import type { Span } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { optionOf } from "../../project/values.js";
import type { EnvironmentRead } from "./environment-reads.js";

/** What a configuration file gives a key. */
export interface Setting {
  readonly path: string;
  readonly span: Span;
  readonly value: Expression;
}

/** What configuration files outside development and tests give the key, and within its value the inner key when one is asked for. */
export function settingsOf(read: EnvironmentRead & { kind: "setting" }, project: Project): Setting[] {
  return project.configuration.flatMap((entry) => {
    if (entry.application !== read.application || /(^|\/)(dev|test)[^/]*\.exs$/.test(entry.path)) return [];
    const value = valueIn(entry, read.key);
    const asked = value === null || read.inner === null ? value : optionOf(value, read.inner);
    return asked === null ? [] : [{ path: entry.path, span: entry.span, value: asked }];
  });
}

function valueIn(entry: ConfigurationEntry, key: string): Expression | null {
  if (entry.key === key) return entry.value;
  return entry.key === null ? optionOf(entry.value, key) : null;
}

/** Whether a configured value is taken from the environment. */
export function readsEnvironment(value: Expression): boolean {
  return (
    collect(value, "call").some((call) => call.module === "System" && /^(get_env|fetch_env!?)$/.test(call.function)) ||
    collect(value, "tuple").some(({ elements: [first] }) => first?.kind === "literal" && first.type === "atom" && first.value === "system")
  );
}

/** Chooses code, or is the same text wherever the program runs. */
export function isFixed(settings: readonly Setting[], read: EnvironmentRead & { kind: "setting" }): boolean {
  const [, , fallback] = read.call.arguments;
  const values = [...settings.map(({ value }) => value), ...(settings.length === 0 && fallback !== undefined ? [fallback] : [])];
  return values.length > 0 && values.every((value) => value.kind === "module" || isLiteral(value));
}

function isLiteral(value: Expression): boolean {
  if (value.kind === "list") return value.elements.every(isLiteral);
  if (value.kind === "tuple") return value.elements.every(isLiteral);
  if (value.kind === "keyword") return value.entries.every((entry) => isLiteral(entry.value));
  return (value.kind === "literal" && value.type !== "nil") || value.kind === "module";
}
