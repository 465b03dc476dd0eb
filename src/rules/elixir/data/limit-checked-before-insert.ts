import type { Expression } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { collect, walk } from "../../../model/walk.js";
import { countEffect } from "../../../project/effects-of.js";
import { findFunction } from "../../../project/find-function.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { defineRule, type Match } from "../../define.js";
import { resolved } from "../../shared/bound-values.js";
import type { Definition } from "../../shared/definitions.js";
import { endsOf } from "../../shared/discarded.js";
import { definitionsWith, selectedIn } from "../../shared/selections.js";
import { isSerialised } from "../../shared/serialised.js";
import { isUpsert, writesWithin } from "../../shared/stored-rows.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { count: string; insert: string; inside: string; use: "limit" | "number" };

const asking = definitionsWith("query", "transaction");

export const limitCheckedBeforeInsert = defineRule<Slots>({
  id: "limit-checked-before-insert",
  title: "Rows are counted and one is added on the strength of it",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-367"],
  silencedBy: {},
  where: asking,
  match(facts, project) {
    return selectedIn(asking, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ count, insert, inside, use }) =>
    use === "limit"
      ? `\`${inside}\` compares \`${count}\` with a limit and then adds a row with \`${insert}\`.`
      : `\`${inside}\` numbers a new row by \`${count}\` and then adds it with \`${insert}\`.`,
  why: ({ use }) =>
    use === "limit"
      ? "Two calls at the same time count the same rows, both stay under the limit and both insert: the limit is passed."
      : "Two calls at the same time count the same rows and give two rows the same number; a transaction alone does not prevent it.",
  instead: ({ use }) =>
    `Take a lock on the row that owns them (\`lock: "FOR UPDATE"\`, or \`pg_advisory_xact_lock\`) in the transaction that counts and inserts, or let the database hold the ${use === "limit" ? "limit (a trigger with a check constraint, a counter column with a check)" : "number unique (a unique index, and try again)"}.`,
  notWhen: [
    "A lock is taken, here or by every caller, or a single process does it all.",
    "The count is only compared with zero or one, or the insert is an upsert.",
    "The code is a test, a seed, a migration, a mix task or a release task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Seats do
  import Ecto.Query
  alias Shop.Repo
  alias Shop.Seats.Seat

  def add(account, attrs) do
    if seats(account) < account.seat_limit do
      Repo.insert(Seat.changeset(%Seat{}, attrs))
    else
      {:error, :limit_reached}
    end
  end

  defp seats(account), do: Repo.aggregate(from(s in Seat, where: s.account_id == ^account.id), :count)
end
`,
      at: "seats(account) < account.seat_limit",
      good: `defmodule Shop.Seats do
  import Ecto.Query
  alias Shop.Repo
  alias Shop.Seats.Seat

  def add(account, attrs) do
    Repo.transaction(fn ->
      Repo.one!(from a in Shop.Account, where: a.id == ^account.id, lock: "FOR UPDATE")

      if seats(account) < account.seat_limit do
        Repo.insert!(Seat.changeset(%Seat{}, attrs))
      else
        Repo.rollback(:limit_reached)
      end
    end)
  end

  defp seats(account), do: Repo.aggregate(from(s in Seat, where: s.account_id == ^account.id), :count)
end
`,
    },
  ],
});

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const effects = project.effects.get(definition.id);
  if (effects?.has("query") !== true && effects?.has("transaction") !== true) return [];
  const found = [...limitsIn(definition, project), ...numbersIn(definition, project)];
  return found.length === 0 || isSerialised(definition, project) ? [] : found.slice(0, 1);
}

/** `if count(…) < limit do insert … end`. */
function limitsIn(definition: Definition, project: Project): Match<Slots>[] {
  if (countEffect(project, definition.id, definition.clause.span, "write") === 0) return [];
  const { id, body, function: entry } = definition;
  return collect(body, "branch").flatMap((branch): Match<Slots>[] => {
    const conditions = branch.form === "cond" ? branch.clauses.flatMap((clause) => clause.patterns) : [branch.subject];
    return conditions.flatMap((condition): Match<Slots>[] => {
      if (condition === null) return [];
      const comparison = collect(condition, "operator").find(
        ({ operator, operands }) => /^[<>]=?$/.test(operator) && !operands.some(isTiny),
      );
      const count = comparison?.operands.find((operand) => counts(operand, definition, project));
      if (comparison === undefined || count === undefined) return [];
      const arms = { start: condition.span.end, end: branch.span.end };
      const insert = writesWithin(project, id, arms, body, entry.module).find(({ use }) => /^insert!?$/.test(use.name) && !isUpsert(use));
      return insert === undefined ? [] : [matchAt(comparison, count, insert.site.call, "limit", definition)];
    });
  });
}

/** `Multi.run(:position, fn repo, _ -> count … end)`, then `put_change(:position, count + 1)` on what is inserted. */
function numbersIn(definition: Definition, project: Project): Match<Slots>[] {
  if (!outlineOfClause(definition.clause).calls.some((call) => /^insert!?$/.test(call.function))) return [];
  const { body } = definition;
  const numbered = numberedFields(body);
  if (numbered === null) return [];
  const count = collect(body, "call").find((call) => isCount(call, body, project));
  const insert = collect(body, "call").find(
    (call) => /^insert!?$/.test(call.function) && (call.module === "Ecto.Multi" || repositoryCall(project, call) !== null),
  );
  return count === undefined || insert === undefined
    ? []
    : [matchAt(count, count, `${insert.module ?? ""}.insert/${insert.arguments.length}`, "number", definition)];
}

function numberedFields(body: Expression): Expression | null {
  let found: Expression | null = null;
  const look = (key: string, value: Expression): void => {
    const sum = resolved(value, body);
    const adds =
      sum.kind === "operator" &&
      sum.operator === "+" &&
      sum.operands.some((operand) => operand.kind === "literal" && operand.value === "1");
    if (/^(position|number|sequence|sequence_number|rank|ordinal)$/.test(key) && adds) found = value;
  };
  walk(body, (expression) => {
    if (expression.kind === "keyword") for (const { key, value } of expression.entries) look(key, value);
    if (expression.kind === "map") for (const { key, value } of expression.entries) if (key.kind === "literal") look(key.value, value);
    if (expression.kind === "call" && expression.function === "put_change") {
      const [, key, value] = expression.arguments;
      if (key?.kind === "literal" && value !== undefined) look(key.value, value);
    }
  });
  return found;
}

function matchAt(at: Expression, count: Expression, insert: string, use: Slots["use"], definition: Definition): Match<Slots> {
  return {
    span: at.kind === "call" ? at.segment : at.span,
    confidence: "likely",
    slots: { count: written(count), insert: spoken(insert), inside: spoken(definition.id), use },
    evidence: [],
  };
}

function isTiny(operand: Expression): boolean {
  return operand.kind === "literal" && /^[01]$/.test(operand.value);
}

/** Whether a value is a number of rows: a count by the repository, or a project function named for it that ends in one. */
function counts(operand: Expression, { body, function: entry }: Definition, project: Project): boolean {
  const value = resolved(operand, body);
  if (value.kind !== "call") return false;
  if (isCount(value, body, project)) return true;
  const target =
    value.subject === null ? findFunction(project, value.module ?? entry.module, value.function, value.arguments.length) : null;
  return (
    target?.facts.clauses.some(
      (clause) => clause.body !== null && endsOf(clause.body).some((end) => isCount(end, clause.body ?? end, project)),
    ) ?? false
  );
}

/** `Repo.aggregate(…, :count)`, `Repo.count(…)`, `Repo.one(from …, select: count(…))`. */
function isCount(call: Expression, body: Expression, project: Project): boolean {
  if (call.kind !== "call") return false;
  const repository = repositoryCall(project, call);
  if (repository === null || repository.operation !== "read") return false;
  if (call.function === "count") return true;
  if (call.function === "aggregate")
    return call.arguments.some((argument) => argument.kind === "literal" && /^(count|max)$/.test(argument.value));
  if (!/^one!?$/.test(call.function)) return false;
  return call.arguments.some((argument) =>
    collect(resolved(argument, body), "call").some((inner) => inner.module === null && /^(count|max)$/.test(inner.function)),
  );
}
