import type { Expression } from "../model/expression.js";
import type { ConfigurationEntry } from "../model/project.js";
import { optionOf } from "./values.js";

/** What configuration files say a key of an application is, what holds in production first; those of tests are left out. */
export function configuredValues(entries: readonly ConfigurationEntry[], application: string, key: string | null): Expression[] {
  if (key === null) return [];
  const found = entries.flatMap((entry) => {
    if (entry.application !== application || rankOf(entry.path) === null) return [];
    const value = entry.key === key ? entry.value : entry.key === null ? optionOf(entry.value, key) : null;
    return value === null ? [] : [{ value, rank: rankOf(entry.path) ?? 0 }];
  });
  return found.sort((one, other) => one.rank - other.rank).map(({ value }) => value);
}

function rankOf(path: string): number | null {
  if (/test\.exs$/.test(path)) return null;
  if (/dev\.exs$/.test(path)) return 2;
  return /(prod|runtime|releases)\.exs$/.test(path) ? 0 : 1;
}
