import type { DescribedFinding, Finding } from "../model/finding.js";
import type { Rule } from "./define.js";
import { rules } from "./registry.js";

const byId: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.id, rule]));

/** The rule of that id, or null. */
export function ruleOf(id: string): Rule | null {
  return byId.get(id) ?? null;
}

/** Puts a finding into the words of its rule. */
export function describeFinding(finding: Finding): DescribedFinding {
  const rule = byId.get(finding.rule);
  if (rule === undefined) throw new Error(`No rule ${finding.rule} is registered; run \`npm run generate\`.`);
  return describeBy(rule, finding);
}

/** The same for a rule that need not be registered. */
export function describeBy(rule: Rule, finding: Finding): DescribedFinding {
  const { slots } = finding;
  return { ...finding, message: rule.what(slots), why: rule.why(slots), instead: rule.instead(slots) };
}
