import type { Expression } from "../model/expression.js";
import type { Facts } from "../model/facts.js";
import { walk } from "../model/walk.js";
import { atomOf, stringOf } from "./values.js";

/** Hex packages that any `mix.exs` names in its `deps`, with the requirement as written; the empty text for path and git ones. */
export function dependenciesOf(files: readonly Facts[]): Map<string, string> {
  const dependencies = new Map<string, string>();
  for (const file of files) {
    if (!/(^|\/)mix\.exs$/.test(file.path)) continue;
    for (const module of file.modules) {
      for (const entry of module.functions.filter((candidate) => /deps|dependencies/.test(candidate.name))) {
        for (const clause of entry.clauses) if (clause.body !== null) addFrom(clause.body, dependencies);
      }
    }
  }
  return dependencies;
}

/** Tuples `{:name, …}` and the entries of `[name: "~> 1.0"]`. */
function addFrom(body: Expression, dependencies: Map<string, string>): void {
  walk(body, (expression) => {
    if (expression.kind === "list") {
      for (const element of expression.elements) {
        const name = element.kind === "tuple" ? atomOf(element.elements[0]) : null;
        if (element.kind === "tuple" && name !== null) dependencies.set(name, stringOf(element.elements[1]) ?? "");
      }
      return;
    }
    if (expression.kind !== "keyword") return;
    for (const entry of expression.entries) {
      const requirement = stringOf(entry.value);
      if (requirement !== null && /^[~><=]|^\d/.test(requirement)) dependencies.set(entry.key, requirement);
    }
  });
}
