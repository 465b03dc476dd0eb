import { setImmediate } from "node:timers/promises";
import { decodeFacts, encodeFacts } from "../src/code/codec/facts.js";
import { extractFacts } from "../src/code/extract.js";
import type { Facts } from "../src/model/facts.js";
import type { SourceFile } from "../src/model/ports.js";
import { joinProject } from "../src/project/join.js";
import type { Rule } from "../src/rules/define.js";
import { rules } from "../src/rules/registry.js";
import { runRules } from "../src/rules/run.js";
import { loadData } from "../src/shell/data/data.js";
import { packageRoot } from "../src/shell/data/package-root.js";
import { createParser } from "../src/shell/grammars/parser.js";

export interface RuleTime {
  readonly rule: string;
  readonly ms: number;
}

/** Milliseconds each rule takes over remembered facts, slowest first. What several rules share is counted for the one that asks first. */
export async function measureRules(sources: readonly SourceFile[]): Promise<readonly RuleTime[]> {
  const facts = await rememberedFacts(sources);
  const project = joinProject(facts, loadData(packageRoot(), ["effects"]).effects);
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const spent = new Map<string, number>();
  runRules(project, (path) => texts.get(path) ?? null, { rules: rules.map((rule) => timed(rule, spent)) });
  return [...spent].map(([rule, ms]) => ({ rule, ms })).sort((one, other) => other.ms - one.ms);
}

function timed(rule: Rule, spent: Map<string, number>): Rule {
  const spend = <Value>(work: () => Value): Value => {
    const started = performance.now();
    const value = work();
    spent.set(rule.id, (spent.get(rule.id) ?? 0) + performance.now() - started);
    return value;
  };
  return {
    ...rule,
    where: (project) => spend(() => rule.where?.(project) ?? project.files),
    match: (facts, project) => spend(() => rule.match(facts, project)),
  };
}

/** Facts as a warm audit has them: their code is decoded when a rule first asks for it, and that is part of the rule's time. */
async function rememberedFacts(sources: readonly SourceFile[]): Promise<Facts[]> {
  const parse = await createParser();
  const facts: Facts[] = [];
  for (const [index, { path, text }] of sources.entries()) {
    const read = extractFacts(path, text, parse);
    const bytes = encodeFacts(read);
    facts.push(bytes === null ? read : decodeFacts(bytes));
    // Syntax trees are freed only when the event loop turns.
    if (index % 20 === 19) await setImmediate();
  }
  return facts;
}
