import type { Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { binds } from "../../shared/bound-values.js";
import type { Definition } from "../../shared/definitions.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsWith, selectedIn } from "../../shared/selections.js";
import { isSerialised } from "../../shared/serialised.js";
import { readBehind, writesWithin } from "../../shared/stored-rows.js";
import { spoken } from "../../shared/written.js";

type Slots = { row: string; field: string; read: string; write: string; inside: string };

const writing = definitionsWith("write");

export const spentOnceUnlocked = defineRule<Slots>({
  id: "spent-once-unlocked",
  title: "Something that may be used once is checked and marked without a lock",
  trigger: "critical_pattern",
  area: "data",
  severity: "high",
  cwe: ["CWE-367"],
  silencedBy: {},
  where: writing,
  match(facts, project) {
    return selectedIn(writing, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ row, field, read, write, inside }) =>
    `\`${inside}\` reads \`${row}\` with \`${read}\`, checks \`${row}.${field}\` and then marks it with \`${write}\`, and nothing locks the row in between.`,
  why: ({ field, row }) =>
    `Two requests with the same \`${row}\` read it before either has marked it, both find \`${field}\` free and both go on: what may be used once is used twice. A transaction alone does not prevent it.`,
  instead: ({ field }) =>
    `Read the row with \`lock: "FOR UPDATE"\` in the transaction that marks it, or mark it first with \`Repo.update_all\` on rows where \`${field}\` is still free and go on only when it changed one row.`,
  notWhen: [
    'The row is locked (`lock: "FOR UPDATE"`, an advisory lock, a mutex), here or by every caller, `optimistic_lock` guards it, or a single process does it all.',
    "The field that is checked is not the one that is marked, or does not say that something is used up (`used_at`, `redeemed_at`, `claimed_at`, `consumed`).",
    "The code is a test, a seed, a migration, a mix task or a release task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Vouchers do
  alias Shop.Repo
  alias Shop.Vouchers.Voucher

  def redeem(code) do
    voucher = Repo.get_by!(Voucher, code: code)

    if voucher.redeemed_at do
      {:error, :redeemed}
    else
      voucher |> Ecto.Changeset.change(redeemed_at: DateTime.utc_now()) |> Repo.update()
    end
  end
end
`,
      at: "Repo.get_by!(Voucher, code: code)",
      good: `defmodule Shop.Vouchers do
  import Ecto.Query
  alias Shop.Repo
  alias Shop.Vouchers.Voucher

  def redeem(code) do
    Repo.transaction(fn ->
      voucher = Repo.one!(from v in Voucher, where: v.code == ^code, lock: "FOR UPDATE")

      if voucher.redeemed_at do
        Repo.rollback(:redeemed)
      else
        voucher |> Ecto.Changeset.change(redeemed_at: DateTime.utc_now()) |> Repo.update!()
      end
    end)
  end
end
`,
    },
  ],
});

const usedUp = /(^|_)(used|consumed|redeemed|claimed|spent)(_at)?$/;

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  if (project.effects.get(definition.id)?.has("write") !== true) return [];
  const { id, body, function: entry } = definition;
  const checks = checksIn(body);
  if (checks.length === 0 || isSerialised(definition, project)) return [];
  return collect(body, "match").flatMap(({ pattern, value }): Match<Slots>[] => {
    const check = checks.find(({ row, at }) => binds(pattern, row) && at > value.span.end);
    if (check === undefined || readBehind(project, value, body, entry.module) === null || value.kind !== "call") return [];
    const mark = writesWithin(project, id, body.span, body, entry.module).find(
      ({ site }) => site.span.start > check.at && marks(body, site.span.start, check.row, check.field),
    );
    if (mark === undefined) return [];
    return [
      {
        span: value.span,
        confidence: "likely",
        severity: requestPath(project, id) === null ? "medium" : "high",
        slots: {
          row: check.row,
          field: check.field,
          read: spoken(`${value.module === null ? "" : `${value.module}.`}${value.function}/${value.arguments.length}`),
          write: spoken(mark.site.call),
          inside: spoken(id),
        },
        evidence: [{ at: mark.site, note: `${spoken(mark.site.call)} marks it` }],
      },
    ];
  });
}

interface Check {
  readonly row: string;
  readonly field: string;
  readonly at: number;
}

/** Conditions on a field that says a row is used up: `voucher.redeemed_at`. */
function checksIn(body: Expression): Check[] {
  return collect(body, "branch").flatMap((branch) => {
    const conditions = branch.form === "cond" ? branch.clauses.flatMap(({ patterns }) => patterns) : [branch.subject];
    return conditions.flatMap((condition) =>
      condition === null
        ? []
        : collect(condition, "access").flatMap(({ subject, field, span }) =>
            subject.kind === "variable" && field !== null && usedUp.test(field) ? [{ row: subject.name, field, at: span.start }] : [],
          ),
    );
  });
}

/** Whether the write that starts there sets the field on the row. */
function marks(body: Expression, start: number, row: string, field: string): boolean {
  const call = collect(body, "call").find(({ segment }) => segment.start === start);
  if (call === undefined || !collect(call, "variable").some(({ name, span }) => name === row && contains(call.span, span))) return false;
  const keywords = collect(call, "keyword").some(({ entries }) => entries.some(({ key }) => key === field));
  return keywords || collect(call, "map").some(({ entries }) => entries.some(({ key }) => key.kind === "literal" && key.value === field));
}
