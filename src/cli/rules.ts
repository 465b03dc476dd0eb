import { explainRule } from "../app/explain.js";
import { paintMarkdown } from "../reply/terminal-markdown.js";
import { createPaint, paintSeverity } from "../reply/terminal.js";
import type { Rule } from "../rules/define.js";
import { rules } from "../rules/registry.js";
import type { Console } from "./console.js";
import type { ListFormat } from "./flags.js";
import { couldNot, json, ran, type Outcome } from "./outcome.js";
import { unknownRule } from "./unknown-rule.js";

/** `guard rules`: the catalogue. */
export function rulesCommand(format: ListFormat, console: Console): Outcome {
  if (format === "json") return ran(json({ schema: 1, rules: rules.map(ruleJson) }));
  const paint = createPaint(console.colour);
  const widest = Math.max(0, ...rules.map(({ id }) => id.length));
  const lines = rules.map(({ id, severity, title }) => {
    return `${paint.cyan(id.padEnd(widest))}  ${paintSeverity(paint, severity, severity.padEnd(8))}  ${title}`;
  });
  return ran(`${lines.join("\n")}\n\n${paint.dim("guard explain RULE tells more about one.")}\n`);
}

function ruleJson(rule: Rule): Readonly<Record<string, unknown>> {
  const { id, title, trigger, area, severity, cwe, silencedBy, notWhen, fix } = rule;
  return { id, title, trigger, area, severity, cwe, notWhen, silencedBy, fix: fix ?? null };
}

/** `guard explain RULE`: what it finds, with code that has it and code that does not, and when it stays silent. */
export function explainCommand(id: string, format: ListFormat, console: Console): Outcome {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule !== undefined && format === "json") return ran(json({ schema: 1, ...ruleJson(rule), examples: rule.examples }));
  const { markdown } = explainRule(id, rules);
  return markdown === null ? couldNot(unknownRule(id)) : ran(`${paintMarkdown(markdown, createPaint(console.colour), console.width)}\n`);
}
