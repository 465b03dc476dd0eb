import type { Expression } from "../../../model/expression.js";
import type { Effect, Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect, walk } from "../../../model/walk.js";
import { effectsOf, effectsWithin, type EffectSite } from "../../../project/effects-of.js";
import { defineRule, type Match } from "../../define.js";
import { servingDefinitions, type Definition } from "../../shared/definitions.js";
import { discardedCalls } from "../../shared/discarded.js";
import { requestPath } from "../../shared/requests.js";
import { isUpsert, schemasOf, writesWithin, type RepositoryUse } from "../../shared/stored-rows.js";
import { isInTransaction } from "../../shared/transactions.js";
import { spoken } from "../../shared/written.js";

type Slots = { first: string; second: string; tie: string; inside: string; request: string };

export const writesWithoutTransaction = defineRule<Slots>({
  id: "writes-without-transaction",
  title: "Writes that belong together are made without a transaction",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-460"],
  silencedBy: {},
  match(facts, project) {
    return servingDefinitions(facts, project).flatMap((definition) => matchIn(definition, project));
  },
  what: ({ first, second, tie, inside }) =>
    `\`${inside}\` writes with \`${first}\` and then with \`${second}\`, both for \`${tie}\`, and no transaction holds them together.`,
  why: ({ first, second, request }) =>
    `When \`${second}\` fails, what \`${first}\` wrote stays${request === "" ? "" : ` although \`${request}\` reports the failure`}, and trying again meets or repeats it.`,
  instead: ({ first, second }) =>
    `Make \`${first}\` and \`${second}\` steps of one \`Ecto.Multi\`, or run both in \`Repo.transact\` (\`Repo.transaction\` with \`Repo.rollback\` before Ecto 3.13), so that both are stored or neither.`,
  notWhen: [
    "The function, or everybody who calls it, runs in a transaction, or it is a step of a Multi.",
    "The writes exclude each other (different branches), or the second does not use what the first wrote and is not about the same row.",
    "The second write is an upsert, writes down what happened (a log, a counter, a time), or its result is dropped: it is allowed to fail.",
    "The code is a job that is tried again, the first write only changes a row or can be repeated (`get_or_create`), the second updates the row the first wrote, or a call outside the database lies between them (then it is `possible`).",
    "No request leads to it, or a write lies more than one call away or has a transaction of its own (then it is `possible`).",
    "The code is a test, a seed, a migration, a mix task or a release task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Teams do
  alias Shop.Repo
  alias Shop.Teams.{Member, Team}

  def create(attrs, user) do
    with {:ok, team} <- Repo.insert(Team.changeset(%Team{}, attrs)),
         {:ok, _member} <- Repo.insert(Member.changeset(%Member{team_id: team.id, user_id: user.id}, %{})) do
      {:ok, team}
    end
  end
end

defmodule ShopWeb.TeamController do
  use Phoenix.Controller

  def create(conn, params) do
    with {:ok, _team} <- Shop.Teams.create(params, conn.assigns.user), do: send_resp(conn, 201, "")
  end
end
`,
      at: "Repo.insert(Member.changeset(%Member{team_id: team.id, user_id: user.id}, %{}))",
      good: `defmodule Shop.Teams do
  alias Shop.Repo
  alias Shop.Teams.{Member, Team}

  def create(attrs, user) do
    Repo.transact(fn ->
      with {:ok, team} <- Repo.insert(Team.changeset(%Team{}, attrs)),
           {:ok, _member} <- Repo.insert(Member.changeset(%Member{team_id: team.id, user_id: user.id}, %{})) do
        {:ok, team}
      end
    end)
  end
end

defmodule ShopWeb.TeamController do
  use Phoenix.Controller

  def create(conn, params) do
    with {:ok, _team} <- Shop.Teams.create(params, conn.assigns.user), do: send_resp(conn, 201, "")
  end
end
`,
    },
  ],
});

const keepsRecords =
  /log|audit|track|telemetry|metric|analytics|history|activit|touch|last_|seen|heartbeat|bump|increment|cache|notif|count|stats?|index|email|mail|event/i;

interface Write {
  readonly site: EffectSite;
  readonly use: RepositoryUse;
  readonly expression: Expression;
}

function matchIn(definition: Definition, project: Project): Match<Slots>[] {
  const { id, body, function: entry } = definition;
  if (project.effects.get(id)?.has("write") !== true) return [];
  const calls = collect(body, "call");
  const writes = writesWithin(project, id, body.span, body, entry.module).flatMap(({ site, use }): Write[] => {
    const expression = calls.find(({ segment }) => segment.start === site.span.start && segment.end === site.span.end);
    return expression === undefined ? [] : [{ site, use, expression }];
  });
  if (writes.length < 2) return [];
  const pair = pairOf(writes, body);
  if (pair === null || isInTransaction(project, id, pair.first.site) || isInTransaction(project, id, pair.second.site)) return [];
  const path = requestPath(project, id);
  return [
    {
      span: pair.second.site.span,
      confidence: isDoubtful(pair, definition, project) ? "possible" : "likely",
      slots: {
        first: spoken(pair.first.site.call),
        second: spoken(pair.second.site.call),
        tie: pair.tie,
        inside: spoken(id),
        request: path === null ? "" : spoken(path[0] ?? id),
      },
      evidence: [{ at: pair.first.site, note: `${spoken(pair.first.site.call)} has written by then` }],
    },
  ];
}

/** Reasons for which two separate writes can be meant so. */
function isDoubtful({ first, second }: Pair, { id, function: entry }: Definition, project: Project): boolean {
  const between = { start: first.site.span.start, end: second.site.span.end };
  const [before, after] = [schemasOf(project, first.use), schemasOf(project, second.use)];
  return (
    ["worker", "server"].includes(project.modules.get(entry.module)?.role ?? "") ||
    !/^(insert|delete)/.test(first.use.name) ||
    repeatable.test(first.site.call) ||
    isUpsert(first.use) ||
    [first, second].some(({ use, site }) => use.through.length > 1 || effectsOf(project, site.callee ?? "").has("transaction")) ||
    (second.use.name.startsWith("update") && [...after].some((schema) => before.has(schema))) ||
    effectsWithin(project, id, between).some(({ effect }) => outside.includes(effect)) ||
    requestPath(project, id) === null
  );
}

/** The pair's first write can be made again and finds what it made. */
const repeatable = /get_or_|find_or_|upsert|ensure|or_create|or_insert/;
/** Work that a transaction should not be held open for. */
const outside: readonly Effect[] = ["http", "mail", "command", "process_call", "sleep"];

interface Pair {
  readonly first: Write;
  readonly second: Write;
  readonly tie: string;
}

/** The first two writes one after the other, the second of which needs the first or changes the row the first is about. */
function pairOf(writes: readonly Write[], body: Expression): Pair | null {
  const dropped = new Set(discardedCalls(body).map((call) => call.segment.start));
  for (const second of writes) {
    const mayFail = second.use.call.function.endsWith("!") || !dropped.has(second.site.span.start);
    if (!mayFail || isUpsert(second.use) || keepsRecords.test(spoken(second.site.call)) || /_all$/.test(second.use.name)) continue;
    for (const first of writes) {
      if (first.site.span.end > second.expression.span.start || exclude(first, second, body)) continue;
      const tie = tieBetween(first, second, body);
      if (tie !== null) return { first, second, tie };
    }
  }
  return null;
}

/** The variable that ties them: bound to what the first wrote, or the row that both are about. */
function tieBetween(first: Write, second: Write, body: Expression): string | null {
  const used = variablesFor(second.expression, body);
  const written = [...namesFrom(first, body)].find((name) => used.has(name));
  if (written !== undefined) return written;
  if (first.use.name !== "insert" && first.use.name !== "insert!") return null;
  if (!/^(update|delete)!?$/.test(second.use.name)) return null;
  const subject = subjectOf(second.expression, body);
  return subject !== null && variablesFor(first.expression, body).has(subject) ? subject : null;
}

/** The row a chain starts from: `user` in `user |> change() |> Repo.update()`. */
function subjectOf(expression: Expression, body: Expression): string | null {
  let current: Expression | undefined = expression;
  while (current?.kind === "call") current = current.arguments[0];
  if (current?.kind !== "variable") return null;
  const bound: Expression | null = valueOf(current.name, current.span.start, body);
  return bound === null ? current.name : bound.kind === "call" ? subjectOf(bound, body) : null;
}

function variablesFor(expression: Expression, body: Expression, depth = 0): Set<string> {
  const names = new Set<string>();
  for (const variable of collect(expression, "variable")) {
    names.add(variable.name);
    const value = depth < 2 ? valueOf(variable.name, variable.span.start, body) : null;
    if (value !== null) for (const name of variablesFor(value, body, depth + 1)) names.add(name);
  }
  return names;
}

function valueOf(name: string, before: number, body: Expression): Expression | null {
  let found: Expression | null = null;
  walk(body, (expression) => {
    if (
      expression.kind === "match" &&
      expression.pattern.kind === "variable" &&
      expression.pattern.name === name &&
      expression.span.end <= before
    )
      found = expression.value;
  });
  return found;
}

/** Names that hold what a write gave back: by `=`, an arrow of `with`, or a clause of the `case` around it. */
function namesFrom({ expression: write }: Write, body: Expression): Set<string> {
  const names = new Set<string>();
  const add = (pattern: Expression | null): void => {
    if (pattern !== null && !saysError(pattern))
      for (const { name } of collect(pattern, "variable")) if (!name.startsWith("_")) names.add(name);
  };
  walk(body, (expression) => {
    if (!contains(expression.span, write.span)) return false;
    if (expression.kind === "match" && endsIn(expression.value, write)) add(expression.pattern);
    if (expression.kind === "branch") {
      for (const step of expression.steps) if (endsIn(step.value, write)) add(step.pattern);
      if (expression.form === "case" && expression.subject !== null && endsIn(expression.subject, write))
        for (const clause of expression.clauses) clause.patterns.forEach(add);
    }
    return;
  });
  return names;
}

function endsIn(value: Expression, write: Expression): boolean {
  if (value.kind === "block") return value.expressions.slice(-1).some((last) => endsIn(last, write));
  return value.span.start === write.span.start && value.span.end === write.span.end;
}

function saysError(pattern: Expression): boolean {
  const [tag] = pattern.kind === "tuple" ? pattern.elements : [];
  return tag?.kind === "literal" && tag.value === "error";
}

/** Whether they stand in different arms of one branch, or the second where the first has failed. */
function exclude(first: Write, second: Write, body: Expression): boolean {
  let found = false;
  walk(body, (expression) => {
    if (expression.kind !== "branch") return;
    const arms = expression.clauses.filter(({ role }) => role !== "after");
    const armOf = (write: Write): number => arms.findIndex((clause) => contains(clause.span, write.site.span));
    const [one, other] = [armOf(first), armOf(second)];
    if (one !== other && one >= 0 && other >= 0) found = true;
    const arm = arms[other];
    if (one < 0 && arm !== undefined && contains(expression.span, first.site.span))
      found ||=
        (["else", "rescue", "catch"].includes(arm.role) && expression.form !== "if" && expression.form !== "unless") ||
        arm.patterns.some(saysError);
  });
  return found;
}
