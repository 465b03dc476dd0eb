import type { Pattern } from "./doing.js";

const homes: Readonly<Record<Pattern, { readonly module: string; readonly what: string } | null>> = {
  error_handling: { module: "Errors", what: "a module that turns errors into what callers expect" },
  validation: { module: "Validations", what: "a module of shared changeset validations" },
  authorization: { module: "Policy", what: "a policy module" },
  queries: { module: "Queries", what: "a query module" },
  transformations: { module: "Mapping", what: "a module that builds these values" },
  api_responses: { module: "Responses", what: "a module of shared responses" },
  telemetry: { module: "Telemetry", what: "the module that emits telemetry" },
  none: null,
};

/** Where code that several modules repeat would stand: the namespace they share, and what it is for. */
export function homeFor(modules: readonly string[], pattern: Pattern): string {
  const shared = sharedNamespace(modules);
  const home = homes[pattern];
  if (home === null) return shared === "" ? "a module that all of them may call" : `a module under \`${shared}\` that all of them may call`;
  return shared === "" ? home.what : `${home.what} such as \`${shared}.${home.module}\``;
}

function sharedNamespace(modules: readonly string[]): string {
  const [first, ...others] = modules.map((module) => module.split("."));
  if (first === undefined) return "";
  const differs = first.findIndex((part, position) => others.some((other) => other[position] !== part));
  return first.slice(0, differs === -1 ? Math.max(first.length - 1, 1) : differs).join(".");
}
