import type { Expression } from "../../model/expression.js";
import type { ConfigurationEntry, Project } from "../../model/project.js";
import type { Span } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import { perProject } from "./per-project.js";

/** Whether a configuration read later, or code that puts it at start, sets the same key. */
export function isReplaced(entry: ConfigurationEntry, key: string, project: Project): boolean {
  const later = project.configuration.filter(
    (other) =>
      other !== entry &&
      /(^|\/)(prod|releases|runtime)[^/]*\.exs$/.test(other.path) &&
      other.application === entry.application &&
      sameKey(entry, other, key),
  );
  return later.length > 0 || keysSetInCode(project).has(key);
}

function sameKey(entry: ConfigurationEntry, other: ConfigurationEntry, key: string): boolean {
  if (entry.key === key || other.key === key)
    return entry.key === other.key || (entry.key === null && other.key === key) || (other.key === null && hasKey(other.value, key));
  return (entry.key === other.key || entry.key === null || other.key === null) && hasKey(other.value, key);
}

function hasKey(value: Expression, key: string): boolean {
  return collect(value, "keyword").some((keyword) => keyword.entries.some((pair) => pair.key === key));
}

/** Keys that code puts into configuration when it starts: `Keyword.put(config, :secret_key_base, System.fetch_env!(…))`. */
const keysSetInCode = perProject((project) => {
  const keys = new Set<string>();
  for (const entry of project.functions.values()) {
    if (!/^(init|start|config|runtime_config|load_from_system_env)$/.test(entry.facts.name)) continue;
    for (const clause of entry.facts.clauses) {
      if (clause.body === null) continue;
      walk(clause.body, (expression) => {
        if (expression.kind === "call" && /^(put|put_env|merge|replace)$/.test(expression.function)) {
          for (const literal of collect(expression, "literal")) if (literal.type === "atom") keys.add(literal.value);
          for (const keyword of collect(expression, "keyword")) for (const pair of keyword.entries) keys.add(pair.key);
        }
      });
    }
  }
  return keys;
});

/** `import_config "prod.secret.exs"` of a file that is not in the repository: it may replace anything. */
export const uncommitted = perProject((project) =>
  [...project.files.values()].some(
    (facts) =>
      /(^|\/)config\/.*\.exs$/.test(facts.path) &&
      facts.topLevel.some((expression) =>
        collect(expression, "call").some((call) => {
          const [name] = call.arguments;
          return (
            call.function === "import_config" &&
            name?.kind === "literal" &&
            ![...project.files.keys()].some((path) => path.endsWith(`/${name.value}`) || path === `config/${name.value}`)
          );
        }),
      ),
  ),
);

/** Parts of a file that a condition keeps for development or tests. */
export function outsideProduction(expression: Expression): Span[] {
  const spans: Span[] = [];
  walk(expression, (inner) => {
    if (inner.kind !== "branch" || inner.subject === null) return;
    const words = collect(inner.subject, "literal").map((literal) => literal.value);
    const asksEnvironment = collect(inner.subject, "call").some((call) => /^(config_env|env)$/.test(call.function));
    if (asksEnvironment && words.some((word) => /^(dev|test)$/.test(word)) && !words.includes("prod")) {
      spans.push(...inner.clauses.filter((clause) => (inner.form === "unless") !== (clause.role === "do")).map((clause) => clause.span));
    }
  });
  return spans;
}
