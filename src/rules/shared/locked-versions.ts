import { collect } from "../../model/walk.js";
import { atomOf, elementsOf, optionOf } from "../../project/values.js";
import { perProject } from "./per-project.js";

/** Packages that every `mix.exs` wants only for development or tests. */
export const developmentPackages = perProject((project) => {
  const development = new Set<string>();
  const production = new Set<string>();
  for (const [path, facts] of project.files) {
    if (!/(^|\/)mix\.exs$/.test(path)) continue;
    const bodies = facts.modules.flatMap((module) => module.functions.flatMap(({ clauses }) => clauses.flatMap(({ body }) => body ?? [])));
    for (const { elements } of bodies.flatMap((body) => collect(body, "tuple"))) {
      const name = atomOf(elements[0]);
      if (name === null) continue;
      const only = optionOf(elements.at(-1), "only");
      const wanted = only === null ? [] : elementsOf(only).map(atomOf);
      const isDevelopment = wanted.length > 0 && wanted.every((environment) => environment !== null && environment !== "prod");
      (isDevelopment ? development : production).add(name);
    }
  }
  return new Set([...development].filter((name) => !production.has(name)));
});

/** Whether a version lies in a range such as `>= 1.2.0, < 1.10.2`. */
export function isInRange(version: string, range: string): boolean {
  return range.split(",").every((part) => {
    const [, operator = "=", bound = ""] = /^\s*(<=|>=|<|>|=)\s*(\S+)\s*$/.exec(part) ?? [];
    const order = compareVersions(version, bound);
    if (operator === "=") return order === 0;
    return operator.startsWith("<") ? order < 0 || (order === 0 && operator === "<=") : order > 0 || (order === 0 && operator === ">=");
  });
}

/** Below zero when the first is older. A version before a release (`1.5.0-rc.0`) is older than the release. */
export function compareVersions(one: string, other: string): number {
  const [first, second] = [partsOf(one), partsOf(other)];
  for (const position of [0, 1, 2]) {
    const difference = (first.numbers[position] ?? 0) - (second.numbers[position] ?? 0);
    if (difference !== 0) return difference;
  }
  if (first.before === second.before) return 0;
  if (first.before === "" || second.before === "") return first.before === "" ? 1 : -1;
  return first.before.localeCompare(second.before, "en", { numeric: true });
}

function partsOf(version: string): { numbers: readonly number[]; before: string } {
  const [release = "", ...before] = (version.split("+")[0] ?? "").split("-");
  return { numbers: release.split(".").map(Number), before: before.join("-") };
}
