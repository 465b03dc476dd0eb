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
    ...(example === undefined ? [] : ["Found:", fenced(rule, example.bad), "Not found:", fenced(rule, example.good)]),
    "Not said when:",
    rule.notWhen.map((reason) => `- ${reason}`).join("\n"),
    `To silence one place, write \`${commentOf(rule)} guard:ignore ${rule.id} reason\` on the line above it.`,
  ].join("\n\n");
}

function fenced(rule: Rule, files: ExampleFiles): string {
  const mark = commentOf(rule);
  const texts = typeof files === "string" ? [files] : Object.entries(files).map(([path, text]) => `${mark} ${path}\n${text}`);
  return `\`\`\`\`${rule.languages?.[0] ?? "elixir"}\n${texts.map((text) => text.trimEnd()).join("\n\n")}\n\`\`\`\``;
}

/** How a comment begins in the language a rule reads. */
function commentOf({ languages }: Rule): string {
  return languages?.includes("javascript") === true ? "//" : "#";
}
