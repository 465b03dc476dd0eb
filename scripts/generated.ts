import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { redact } from "../src/model/redact.js";
import type { ExampleFiles, Rule } from "../src/rules/define.js";

/** A rule's file under `src/rules/`, without its ending: `elixir/data/query-per-element`. The last part is the rule's id. */
type RulePath = string;

/** Every file made from the rules on disk, by path relative to `root`. */
export async function generatedFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const paths = await rulePaths(root);
  const rules = await Promise.all(paths.map((path) => loadRule(root, path)));
  return new Map([
    ["src/rules/registry.ts", registry(paths)],
    ["docs/rules/README.md", catalogue(rules)],
    ...rules.map((rule): [string, string] => [`docs/rules/${rule.id}.md`, rulePage(rule)]),
  ]);
}

/** Rule files in `src/rules/<language>/<area>/`; what rules share lives in `src/rules/shared/`. */
export async function rulePaths(root: string): Promise<RulePath[]> {
  const files = await readdir(join(root, "src/rules"), { recursive: true });
  return files
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /^[^/]+\/[^/]+\/[^/]+\.ts$/.test(file) && !file.includes("shared/"))
    .map((file) => file.replace(/\.ts$/, ""))
    .sort();
}

/** `query-per-element` → `queryPerElement`, the name a rule file exports. */
export function exportName(id: string): string {
  return id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

async function loadRule(root: string, path: RulePath): Promise<Rule> {
  const id = idOf(path);
  const loaded = (await import(pathToFileURL(join(root, "src/rules", `${path}.ts`)).href)) as Record<string, Rule | undefined>;
  const rule = loaded[exportName(id)];
  if (rule === undefined) throw new Error(`src/rules/${path}.ts must export ${exportName(id)}, named after its file.`);
  return rule;
}

function idOf(path: RulePath): string {
  return path.split("/").at(-1) ?? path;
}

function registry(paths: readonly RulePath[]): string {
  const imports = paths.map((path) => `import { ${exportName(idOf(path))} } from "./${path}.js";`);
  const names = paths.map((path) => `  ${exportName(idOf(path))},`);
  return [
    "// Generated from the rules on disk by `npm run generate`; do not edit.",
    'import type { Rule } from "./define.js";',
    ...imports,
    "",
    "/** Every rule of Guard, in the order of their files. */",
    "export const rules: readonly Rule[] = [",
    ...names,
    "];",
    "",
  ].join("\n");
}

function catalogue(rules: readonly Rule[]): string {
  const rows = rules.map((rule) => `| [${rule.id}](${rule.id}.md) | ${rule.title} | ${rule.trigger} | ${rule.area} | ${rule.severity} |`);
  return [
    "# Rules",
    "",
    "Generated from `src/rules/` by `npm run generate`. `guard explain RULE` prints a page in the terminal.",
    "",
    "To silence one place, write `# guard:ignore RULE reason` on the line above it (`<%!-- guard:ignore RULE reason --%>` in templates).",
    "",
    "| rule | what is wrong | trigger | area | severity |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function rulePage(rule: Rule): string {
  const about = [`trigger \`${rule.trigger}\``, `area ${rule.area}`, `severity ${rule.severity}`, ...rule.cwe];
  return [
    `# ${rule.id}`,
    "",
    `${rule.title}.`,
    "",
    about.join(" · "),
    "",
    ...silencedBy(rule),
    "## Not reported when",
    "",
    ...rule.notWhen.map((reason) => `- ${reason}`),
    ...rule.examples.flatMap((example, index) => [
      "",
      rule.examples.length === 1 ? "## Example" : `## Example ${index + 1}`,
      "",
      "Reported:",
      "",
      ...code(example.bad),
      `at \`${example.at.replaceAll("\n", " ")}\`.`,
      "",
      "Right:",
      "",
      ...code(example.good),
    ]),
  ]
    .map(redact)
    .join("\n")
    .trimEnd()
    .concat("\n");
}

function silencedBy(rule: Rule): string[] {
  const names = [
    ...(rule.silencedBy.credo ?? []).map((name) => `Credo's \`${name}\``),
    ...(rule.silencedBy.sobelow ?? []).map((name) => `Sobelow's \`${name}\``),
  ];
  return names.length === 0 ? [] : [`Ignore comments for ${names.join(" and ")} are honoured.`, ""];
}

function code(files: ExampleFiles): string[] {
  const entries: [string | null, string][] = typeof files === "string" ? [[null, files]] : Object.entries(files);
  return entries.flatMap(([path, text]) => [
    ...(path === null ? [] : [`\`${path}\``, ""]),
    `\`\`\`${fence(path ?? "example.ex")}`,
    text.trimEnd(),
    "```",
    "",
  ]);
}

function fence(path: string): string {
  if (/\.exs?$/.test(path) || path.endsWith("ex")) return "elixir";
  return path.endsWith(".py") ? "python" : path.endsWith(".ts") ? "typescript" : path.endsWith(".js") ? "javascript" : "";
}
