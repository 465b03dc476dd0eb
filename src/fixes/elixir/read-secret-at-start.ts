import type { Expression, Keyword } from "../../model/expression.js";
import type { ConfigurationEntry, Project } from "../../model/project.js";
import type { Span } from "../../model/span.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import type { Change, FixInput, ProposeChange } from "../define.js";
import { applyEdits, editOf } from "../edit.js";
import { indentationAt } from "../find-code.js";

/**
 * A secret written in the configuration is read from the environment when production starts. The written value is left as the
 * stand-in for development; a value that is only a fallback for a variable goes.
 */
export const readSecretAtStart: ProposeChange = (finding, input) => {
  const key = finding.slots["key"];
  const { project } = input.analysis;
  const span = finding.location.span;
  const entry = project.configuration.find((candidate) => candidate.path === finding.place.path && contains(candidate.span, span));
  if (typeof key !== "string" || entry === undefined) return null;
  if (finding.slots["where"] === "fallback") return withoutFallback(finding, input, entry, span);
  const setting = settingOf(entry, key);
  if (setting === null || /(?:^|\/)runtime\.exs$/.test(entry.path)) return null;
  const change = inRuntime(entry.path.replace(/[^/]+$/, "runtime.exs"), setting, input);
  return change === null
    ? null
    : { ...change, title: `Read \`${key}\` from the environment when production starts`, findings: [finding.fingerprint] };
};

/** `config :app, Key, name: System.fetch_env!("NAME")`; null where the value is nested deeper. */
function settingOf(entry: ConfigurationEntry, key: string): string | null {
  const { application, value } = entry;
  if (entry.key === key) return `config :${application}, :${key}, System.fetch_env!("${variableName(application, key)}")`;
  if (value.kind !== "keyword" || !value.entries.some((pair) => pair.key === key)) return null;
  const under = entry.key === null ? "" : /^[A-Z]/.test(entry.key) ? `, ${entry.key}` : `, :${entry.key}`;
  return `config :${application}${under}, ${key}: System.fetch_env!("${variableName(entry.key ?? application, key)}")`;
}

/** `SECRET_KEY_BASE` as Phoenix calls it; other keys carry what they belong to. */
function variableName(owner: string, key: string): string {
  if (key === "secret_key_base") return "SECRET_KEY_BASE";
  return `${owner.split(".").at(-1) ?? owner}_${key}`
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/\W+/g, "_")
    .toUpperCase();
}

function inRuntime(
  path: string,
  setting: string,
  { analysis, earlier }: FixInput,
): Pick<Change, "path" | "before" | "after" | "kind"> | null {
  if (earlier.some((change) => change.path === path)) return null;
  const before = analysis.textOf(path);
  if (before === null)
    return { path, before, after: `import Config\n\nif config_env() == :prod do\n  ${setting}\nend\n`, kind: "implementation" };
  const block = productionBlock(analysis.project, path);
  const after =
    block === null
      ? `${before.trimEnd()}\n\nif config_env() == :prod do\n  ${setting}\nend\n`
      : applyEdits(before, [{ span: { start: block.end, end: block.end }, text: `\n${indentationAt(before, block.start)}${setting}` }]);
  return { path, before, after, kind: "implementation" };
}

/** The last statement inside `if config_env() == :prod do`. */
function productionBlock(project: Project, path: string): Span | null {
  for (const expression of project.files.get(path)?.topLevel ?? []) {
    for (const branch of collect(expression, "branch")) {
      const isProduction =
        branch.form === "if" && branch.subject !== null && collect(branch.subject, "literal").some((literal) => literal.value === "prod");
      const body = branch.clauses.find((clause) => clause.role === "do")?.body;
      if (isProduction && body !== undefined) return lastStatement(body).span;
    }
  }
  return null;
}

function lastStatement(body: Expression): Expression {
  return body.kind === "block" ? (body.expressions.at(-1) ?? body) : body;
}

/** `System.get_env("NAME") || "value"` and `System.get_env("NAME", "value")` become `System.fetch_env!("NAME")`; only where it runs at start. */
function withoutFallback(finding: Parameters<ProposeChange>[0], input: FixInput, entry: ConfigurationEntry, span: Span): Change | null {
  if (!/(?:^|\/)runtime\.exs$/.test(entry.path)) return null;
  const keywords: Keyword[] = collect(entry.value, "keyword");
  const values = [entry.value, ...keywords.flatMap((keyword) => keyword.entries.map((pair) => pair.value))];
  const value = values.find((candidate) => candidate.kind !== "keyword" && candidate.kind !== "list" && contains(span, candidate.span));
  const call =
    value === undefined
      ? undefined
      : collect(value, "call").find((candidate) => candidate.module === "System" && candidate.function === "get_env");
  const name = call?.arguments[0];
  if (value === undefined || name?.kind !== "literal") return null;
  return editOf(finding, input, `Refuse to start without \`${name.value}\``, [
    { span: value.span, text: `System.fetch_env!("${name.value}")` },
  ]);
}
