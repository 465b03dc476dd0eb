import type { Call, Expression } from "../../model/expression.js";
import type { Facts, ModuleFacts } from "../../model/facts.js";
import { booleanOf, optionOf, statementsOf } from "../../project/values.js";
import type { ProposeChange } from "../define.js";
import { editOf, type Edit } from "../edit.js";

/** Takes a migration that makes or drops one index, and nothing else, out of its transaction, and makes the index concurrent where it is not. */
export const buildIndexConcurrently: ProposeChange = (finding, input) => {
  const facts = input.analysis.project.files.get(finding.place.path);
  const [module, ...others] = facts?.modules ?? [];
  const text = input.analysis.textOf(finding.place.path);
  if (facts === undefined || module === undefined || others.length > 0 || text === null) return null;
  const indexes = indexesOf(module);
  const attributes = attributesEdit(module, facts, text);
  if (indexes === null || attributes === null) return null;
  return editOf(finding, input, "Work on the index without blocking its table", [...attributes, ...indexes.flatMap(concurrentlyEdit)]);
};

/** The `index(…)` of each direction; null when a direction does anything else or more. */
function indexesOf(module: ModuleFacts): Call[] | null {
  const indexes: Call[] = [];
  for (const definition of module.functions) {
    const [clause, ...others] = definition.clauses;
    const [statement, ...more] = statementsOf(clause?.body ?? null);
    const index = /^(change|up|down)$/.test(definition.name) && others.length === 0 && more.length === 0 ? indexIn(statement) : null;
    if (index === null) return null;
    indexes.push(index);
  }
  return indexes.length === 0 ? null : indexes;
}

function indexIn(statement: Expression | undefined): Call | null {
  if (statement?.kind !== "call" || !/^(create|drop)(_if_(not_)?exists)?$/.test(statement.function)) return null;
  const [index] = statement.arguments;
  return index?.kind === "call" && /^(unique_)?index$/.test(index.function) && !index.piped ? index : null;
}

function concurrentlyEdit(index: Call): Edit[] {
  const last = index.arguments.at(-1);
  const written = optionOf(index, "concurrently");
  if (last === undefined || written !== null) return [];
  return [{ span: { ...last.span, start: last.span.end }, text: ", concurrently: true" }];
}

/** The attributes that are missing, below `use Ecto.Migration`; null when one is there with another value. */
function attributesEdit(module: ModuleFacts, facts: Facts, text: string): Edit[] | null {
  const [use] = module.uses.filter((reference) => reference.module === "Ecto.Migration");
  if (use === undefined) return null;
  const names = ["disable_ddl_transaction", "disable_migration_lock"];
  const written = module.attributes.filter(({ name }) => names.includes(name));
  if (written.some(({ value }) => booleanOf(value) !== true) || facts.damage.length > 0) return null;
  const missing = names.filter((name) => !written.some((attribute) => attribute.name === name));
  if (missing.length === 0) return [];
  const line = text.indexOf("\n", use.span.end);
  if (line < 0 || text.slice(use.span.end, line).trim() !== "") return null;
  const lines = missing.map((name) => `  @${name} true\n`).join("");
  const isFirst = written.length === 0;
  const at = isFirst ? line + 1 : text.indexOf("\n", Math.max(...written.map(({ span }) => span.end))) + 1;
  return [{ span: { start: at, end: at }, text: isFirst ? `\n${lines}` : lines }];
}
