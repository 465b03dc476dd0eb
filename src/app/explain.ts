import { nearest } from "../model/nearest.js";
import type { ExampleFiles, Rule } from "../rules/define.js";

/** A rule's page as Markdown, or null and the nearest names. */
export function explainRule(id: string, rules: readonly Rule[]): { readonly markdown: string | null; readonly nearest: readonly string[] } {
  const rule = rules.find((candidate) => candidate.id === id);
  const names = rules.map((candidate) => candidate.id);
  return rule === undefined ? { markdown: null, nearest: nearest(id, names) } : { markdown: rulePage(rule), nearest: [] };
}

function rulePage(rule: Rule): string {
  const [example] = rule.examples;
  return [
    `## ${rule.id}`,
    `${rule.title}. Severity **${rule.severity}**, area ${rule.area}, trigger \`${rule.trigger}\`${rule.cwe.length === 0 ? "" : `, ${rule.cwe.join(", ")}`}.`,
    ...(example === undefined ? [] : ["Found:", fenced(example.bad), "Not found:", fenced(example.good)]),
    "Not said when:",
    rule.notWhen.map((reason) => `- ${reason}`).join("\n"),
    `To silence one place, write \`# guard:ignore ${rule.id} reason\` on the line above it.`,
  ].join("\n\n");
}

function fenced(files: ExampleFiles): string {
  const texts = typeof files === "string" ? [files] : Object.entries(files).map(([path, text]) => `# ${path}\n${text}`);
  return `\`\`\`\`elixir\n${texts.map((text) => text.trimEnd()).join("\n\n")}\n\`\`\`\``;
}
