import type { Expression, Operator } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { collect, walk } from "../../../model/walk.js";
import { callersOf } from "../../../project/callers-of.js";
import { defineRule, type Match } from "../../define.js";
import { resolved } from "../../shared/bound-values.js";
import type { Definition } from "../../shared/definitions.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsWith, selectedIn } from "../../shared/selections.js";
import { isSerialised } from "../../shared/serialised.js";
import { writesWithin } from "../../shared/stored-rows.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { field: string; row: string; kind: "number" | "list"; operator: string; write: string; inside: string };

const writing = definitionsWith("write");

export const staleValueWritten = defineRule<Slots>({
  id: "stale-value-written",
  title: "A column is computed from a row read earlier and written back",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-362"],
  silencedBy: {},
  where: writing,
  match(facts, project) {
    return selectedIn(writing, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ field, row, write, inside }) =>
    `\`${inside}\` computes \`${field}\` from the \`${row}.${field}\` it has in memory and writes it back with \`${write}\`.`,
  why: ({ field }) =>
    `Two of these at the same time start from the same \`${field}\` and the later write overwrites the earlier one: one change is lost, with no error.`,
  instead: ({ field, kind, operator }) =>
    kind === "number"
      ? `Let the database compute it: \`Repo.update_all(query, inc: [${field}: ${operator === "-" ? "-n" : "n"}])\`, or read the row again under \`lock: "FOR UPDATE"\` in the transaction that writes it.`
      : `Read the row under \`lock: "FOR UPDATE"\` in the transaction that writes it, change the list with \`push:\`/\`pull:\` of \`Repo.update_all\` where it is an array column, or let \`optimistic_lock/2\` refuse the later write.`,
  notWhen: [
    'The row is locked (`lock: "FOR UPDATE"`, an advisory lock, a mutex), here or by every caller, or `optimistic_lock` guards it.',
    "A single process does it all (a GenServer).",
    "The value is written with `inc:`, `push:` or `pull:`.",
    "Only jobs and other processes lead to it (then it is `possible`).",
    "The field counts attempts of a job that runs alone (`attempts`, `retries`) or a version (then it is left alone).",
    "The code is a test, a seed, a migration, a mix task or a release task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Coupons do
  alias Shop.Repo

  def redeem(coupon) do
    coupon |> Ecto.Changeset.change(used: coupon.used + 1) |> Repo.update()
  end
end
`,
      at: "coupon.used + 1",
      good: `defmodule Shop.Coupons do
  import Ecto.Query
  alias Shop.Repo
  alias Shop.Coupons.Coupon

  def redeem(coupon) do
    Repo.update_all(from(c in Coupon, where: c.id == ^coupon.id), inc: [used: 1])
  end
end
`,
    },
    {
      bad: `defmodule Shop.Settings do
  alias Shop.Repo
  alias Shop.Settings.Setting

  def mute(user_id, kind) do
    setting = Repo.get_by!(Setting, user_id: user_id)
    current = setting.muted || []
    muted = current ++ [kind]
    setting |> Setting.changeset(%{muted: muted}) |> Repo.update()
  end
end
`,
      at: "current ++ [kind]",
      good: `defmodule Shop.Settings do
  import Ecto.Query
  alias Shop.Repo
  alias Shop.Settings.Setting

  def mute(user_id, kind) do
    Repo.transaction(fn ->
      setting = Repo.one!(from s in Setting, where: s.user_id == ^user_id, lock: "FOR UPDATE")
      current = setting.muted || []
      muted = current ++ [kind]
      setting |> Setting.changeset(%{muted: muted}) |> Repo.update!()
    end)
  end
end
`,
    },
  ],
});

const countsOneself = /attempt|retr(y|ies)|version|position|page|step|index/i;

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  if (project.effects.get(definition.id)?.has("write") !== true) return [];
  const found = recomputed(definition.body).filter(({ field }) => !countsOneself.test(field));
  if (found.length === 0 || isSerialised(definition, project)) return [];
  const updates = updatesIn(definition, project);
  const alone = requestPath(project, definition.id) === null && callersOf(project, definition.id).length > 0;
  const told = new Set<number>();
  return found.flatMap(({ field, computed, row, entry }) => {
    const update = updates.find(({ takes }) => takes(entry));
    if (update === undefined || told.has(update.at.span.start)) return [];
    told.add(update.at.span.start);
    const numeric = /^[+-]$/.test(computed.operator);
    return [
      {
        span: computed.span,
        confidence: alone ? "possible" : "likely",
        slots: {
          field,
          row: written(row),
          kind: numeric ? "number" : "list",
          operator: computed.operator,
          write: spoken(update.call),
          inside: spoken(definition.id),
        },
        evidence: [{ at: update.at, note: `${spoken(update.call)} writes it` }],
      },
    ];
  });
}

interface Recomputed {
  readonly field: string;
  readonly computed: Operator;
  readonly row: Expression;
  /** The span of the value as it is handed on. */
  readonly entry: Span;
}

/** `field: row.field + 1`, also through variables and `row.field || []`. */
function recomputed(body: Expression): Recomputed[] {
  const found: Recomputed[] = [];
  const look = (field: string, value: Expression): void => {
    const unwrapped = value.kind === "call" && /^(uniq|concat|max|min)$/.test(value.function) ? (value.arguments[0] ?? value) : value;
    const computed = resolved(unwrapped, body);
    if (computed.kind !== "operator" || !/^(\+|-|\+\+|--)$/.test(computed.operator) || computed.operands.length !== 2) return;
    for (const operand of computed.operands) {
      const row = rowOf(resolved(operand, body), field, body);
      if (row !== null) {
        found.push({ field, computed, row, entry: value.span });
        return;
      }
    }
  };
  walk(body, (expression) => {
    if (expression.kind === "keyword") for (const { key, value } of expression.entries) look(key, value);
    if (expression.kind === "map" && expression.struct === null)
      for (const { key, value } of expression.entries) if (key.kind === "literal") look(key.value, value);
    if (expression.kind === "call" && expression.function === "put_change") {
      const [, key, value] = expression.arguments;
      if (key?.kind === "literal" && value !== undefined) look(key.value, value);
    }
  });
  return found;
}

/** The row whose field is read: `post.views`, `post.views || 0`, `(post.views || 0)`. */
function rowOf(expression: Expression, field: string, body: Expression): Expression | null {
  if (expression.kind === "access" && expression.field === field) {
    const row = expression.subject;
    return row.kind === "variable" && !/^(assigns|state|acc|socket|conn|opts|options)$/.test(row.name) ? row : null;
  }
  const [left] = expression.kind === "operator" && expression.operator === "||" ? expression.operands : [];
  return left === undefined ? null : rowOf(resolved(left, body), field, body);
}

/** Updates a definition makes, each with the question whether it is handed a value. */
function updatesIn(definition: Definition, project: Project) {
  const { id, body, function: entry } = definition;
  const calls = collect(body, "call");
  return writesWithin(project, id, body.span, body, entry.module)
    .filter(({ use }) => /^(update|insert_or_update|update_all)!?$/.test(use.name))
    .flatMap(({ site }) => {
      const call = calls.find(({ segment }) => segment.start === site.span.start && segment.end === site.span.end);
      if (call === undefined) return [];
      const given = call.arguments.map((argument) => resolved(argument, body).span);
      const takes = (span: Span): boolean => [call.span, ...given].some((part) => contains(part, span));
      return [{ at: site, call: site.call, takes }];
    });
}
