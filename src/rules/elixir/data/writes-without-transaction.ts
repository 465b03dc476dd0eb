import type { Effect, Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { countEffect, effectsOf, effectsWithin } from "../../../project/effects-of.js";
import { callersOf } from "../../../project/callers-of.js";
import { defineRule, type Match } from "../../define.js";
import { absenceChecks } from "../../shared/absence.js";
import type { Definition } from "../../shared/definitions.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsWith, selectedIn } from "../../shared/selections.js";
import { isUpsert, schemasOf, writesWithin } from "../../shared/stored-rows.js";
import { isInTransaction } from "../../shared/transactions.js";
import { tiedWrites, type TiedWrites, type Write } from "../../shared/tied-writes.js";
import { spoken } from "../../shared/written.js";

type Slots = { first: string; second: string; tie: string; inside: string; request: string };

const writing = definitionsWith("write");

export const writesWithoutTransaction = defineRule<Slots>({
  id: "writes-without-transaction",
  title: "Writes that belong together are made without a transaction",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-460"],
  silencedBy: {},
  where: writing,
  match(facts, project) {
    return selectedIn(writing, facts, project).flatMap((definition) => matchIn(definition, project));
  },
  what: ({ first, second, tie, inside }) =>
    `\`${inside}\` writes with \`${first}\` and then with \`${second}\`, both for \`${tie}\`, and no transaction holds them together.`,
  why: ({ first, second, request }) =>
    `When \`${second}\` fails, what \`${first}\` wrote stays${request === "" ? "" : ` although \`${request}\` reports the failure`}, and trying again meets or repeats it.`,
  instead: ({ first, second }) =>
    `Make \`${first}\` and \`${second}\` steps of one \`Ecto.Multi\`, or run both in \`Repo.transact\` (\`Repo.transaction\` with \`Repo.rollback\` before Ecto 3.13), so that both are stored or neither.`,
  notWhen: [
    "The function, or everybody who calls it, runs in a transaction, or it is a step of a Multi (when only some callers do, it is `possible`).",
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

function mayWriteTwice({ id, clause }: Definition, project: Project): boolean {
  return project.effects.get(id)?.has("write") === true && countEffect(project, id, clause.span, "write") > 1;
}

function matchIn(definition: Definition, project: Project): Match<Slots>[] {
  if (!mayWriteTwice(definition, project)) return [];
  const { id, body, function: entry } = definition;
  const calls = [...collect(body, "call"), ...collect(body, "capture")];
  const writes = writesWithin(project, id, body.span, body, entry.module).flatMap(({ site, use }): Write[] => {
    const expression = calls.find((call) => {
      const own = call.kind === "call" ? call.segment : call.span;
      return own.start === site.span.start && own.end === site.span.end;
    });
    return expression === undefined ? [] : [{ site, use, expression }];
  });
  if (writes.length < 2) return [];
  const pair = tiedWrites(writes, body);
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
function isDoubtful({ first, second }: TiedWrites, { id, function: entry }: Definition, project: Project): boolean {
  const between = { start: first.site.span.start, end: second.site.span.end };
  const [before, after] = [schemasOf(project, first.use), schemasOf(project, second.use)];
  return (
    ["worker", "server"].includes(project.modules.get(entry.module)?.role ?? "") ||
    !/^(insert|delete)/.test(first.use.name) ||
    repeatable.test(first.site.call) ||
    looksFirst(project, first) ||
    callersOf(project, id).some((site) => isInTransaction(project, site.caller, site)) ||
    isUpsert(first.use) ||
    [first, second].some(({ use, site }) => use.through.length > 1 || effectsOf(project, site.callee ?? "").has("transaction")) ||
    (second.use.name.startsWith("update") && [...after].some((schema) => before.has(schema))) ||
    effectsWithin(project, id, between).some(({ effect }) => outside.includes(effect)) ||
    requestPath(project, id) === null
  );
}

/** The pair's first write can be made again and finds what it made. */
const repeatable = /get_or_|find_or_|upsert|ensure|or_create|or_insert/;
function looksFirst(project: Project, { site }: Write): boolean {
  const clauses = project.functions.get(site.callee ?? "")?.facts.clauses ?? [];
  return clauses.some(({ body }) => body !== null && absenceChecks(body).length > 0);
}

/** Work that a transaction should not be held open for. */
const outside: readonly Effect[] = ["http", "mail", "command", "process_call", "sleep"];
