import type { Call, Expression } from "../model/expression.js";
import type { Facts } from "../model/facts.js";
import type { ConfigurationEntry } from "../model/project.js";
import { walk } from "../model/walk.js";
import { atomOf, moduleNameOf } from "./values.js";

/** Every `config :app, …` call of `config/*.exs`, those inside conditions included. `key` is null for `config :app, key: value`. */
export function configurationOf(files: readonly Facts[]): ConfigurationEntry[] {
  const entries: ConfigurationEntry[] = [];
  for (const file of files) {
    if (!/(^|\/)config\/.*\.exs$/.test(file.path)) continue;
    for (const expression of file.topLevel) {
      walk(expression, (inner) => {
        const entry = inner.kind === "call" && inner.function === "config" ? entryOf(inner, file.path) : null;
        if (entry !== null) entries.push(entry);
      });
    }
  }
  return entries;
}

function entryOf(call: Call, path: string): ConfigurationEntry | null {
  const [application, second, third] = call.arguments;
  const name = atomOf(application);
  if (name === null || second === undefined) return null;
  const location = { path, span: call.span };
  if (third === undefined) return { ...location, application: name, key: null, value: second, call };
  return { ...location, application: name, key: keyOf(second), value: third, call };
}

function keyOf(expression: Expression): string | null {
  return atomOf(expression) ?? moduleNameOf(expression);
}
