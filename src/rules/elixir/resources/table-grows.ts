import type { Call, Expression } from "../../../model/expression.js";
import type { Facts, ModuleFacts } from "../../../model/facts.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf, moduleNameOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { inside: string; table: string; key: string };

const inserting = definitionsCalling(inserts);

export const tableGrows = defineRule<Slots>({
  id: "table-grows",
  title: "A table in memory gets a row for each key and never loses one",
  trigger: "resource_leak",
  area: "resources",
  severity: "medium",
  cwe: ["CWE-401", "CWE-770"],
  silencedBy: {},
  where: inserting,
  match(facts: Facts, project) {
    return selectedIn(inserting, facts, project).flatMap((definition) => matchOf(definition, facts, project));
  },
  what: ({ inside, table, key }) =>
    `\`${inside}\` puts a row under \`${key}\` into the ETS table \`${table}\`, and nothing of its module ever takes one out.`,
  why: ({ table, key }) =>
    `\`${table}\` lives as long as its owner: there are new values of \`${key}\` every day, so its memory grows until the node is killed, and whoever can send new ones can make it grow faster.`,
  instead: () =>
    "Store when a row expires and sweep the table from time to time (`:ets.select_delete/2` in a `handle_info`), limit its number of rows, or use Cachex or Nebulex with an expiry.",
  notWhen: [
    "The module deletes rows, one by one or all of them, or replaces the table.",
    "The key is none that people or clients bring: a setting, a module, a country.",
    "No request leads there: what a server loads by itself has an end (then it is `possible`).",
    "The table is made elsewhere: whoever made it may clear it.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Attempts do
  use GenServer
  @table :login_attempts

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  def init(_) do
    :ets.new(@table, [:named_table, :public])
    {:ok, nil}
  end

  def failed(ip), do: :ets.update_counter(@table, ip, 1, {ip, 0})
end

defmodule ShopWeb.LoginController do
  use Phoenix.Controller

  def create(conn, _params) do
    Shop.Attempts.failed(conn.remote_ip)
    send_resp(conn, 401, "")
  end
end
`,
      at: ":ets.update_counter(@table, ip, 1, {ip, 0})",
      good: `defmodule Shop.Attempts do
  use GenServer
  @table :login_attempts

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  def init(_) do
    :ets.new(@table, [:named_table, :public])
    :timer.send_interval(60_000, :clear)
    {:ok, nil}
  end

  def failed(ip), do: :ets.update_counter(@table, ip, 1, {ip, 0})

  def handle_info(:clear, state) do
    :ets.delete_all_objects(@table)
    {:noreply, state}
  end
end

defmodule ShopWeb.LoginController do
  use Phoenix.Controller

  def create(conn, _params) do
    Shop.Attempts.failed(conn.remote_ip)
    send_resp(conn, 401, "")
  end
end
`,
    },
  ],
});

function inserts({ module, function: name }: Callee): boolean {
  return module === ":ets" && (name === "insert" || name === "insert_new" || name === "update_counter");
}

/** What there is always a new one of. */
const brought =
  /(^|_)(ip|remote_ip|address|token|session|session_id|user_id|email|url|query|fingerprint|request_id|uuid|device_id|nonce|jti|search|term)$/;

function matchOf(definition: Definition, facts: Facts, project: Project): Match<Slots>[] {
  const module = facts.modules.find(({ name }) => name === definition.function.module);
  if (module === undefined || letsGo(module) || /^(init|handle_continue)$/.test(definition.function.facts.name)) return [];
  for (const call of collect(definition.body, "call").filter(inserts)) {
    const table = tableOf(call.arguments[0]);
    const key = keyOf(call);
    if (table === null || key === null || !brought.test(key) || !isMadeHere(table, module) || isClearedElsewhere(table, module, project))
      continue;
    const confidence = requestPath(project, definition.id) === null ? "possible" : "likely";
    return [{ span: call.segment, confidence, slots: { inside: spoken(definition.id), table, key }, evidence: [] }];
  }
  return [];
}

function tableOf(table: Expression | undefined): string | null {
  if (table?.kind === "attribute") return `@${table.name}`;
  const atom = atomOf(table);
  return moduleNameOf(table) ?? (atom === null ? null : `:${atom}`);
}

/** The name of what a row is found by, or of the last part of it. */
function keyOf({ function: name, arguments: [, row] }: Call): string | null {
  const key = name === "update_counter" ? row : row?.kind === "tuple" ? row.elements[0] : undefined;
  const part = key?.kind === "tuple" ? key.elements.at(-1) : key;
  return part?.kind === "variable" || part?.kind === "access" ? written(part).replace(/^.*\./, "") : null;
}

const removing = /^(delete|delete_\w+|match_delete|select_delete|take|select_replace|tab2file|rename|give_away)$/;

function letsGo(module: ModuleFacts): boolean {
  return module.functions.some(({ clauses }) =>
    clauses.some((clause) => outlineOfClause(clause).calls.some((call) => call.module === ":ets" && removing.test(call.function))),
  );
}

function isMadeHere(table: string, module: ModuleFacts): boolean {
  return module.functions.some(({ clauses }) =>
    clauses.some(
      ({ body }) =>
        body !== null &&
        collect(body, "call").some((call) => call.module === ":ets" && call.function === "new" && tableOf(call.arguments[0]) === table),
    ),
  );
}

/** Another module that deletes from a table of the same name; an attribute is known to its own module alone. */
function isClearedElsewhere(table: string, module: ModuleFacts, project: Project): boolean {
  if (table.startsWith("@")) return false;
  return [...project.modules.values()].some(({ facts }) => facts !== module && letsGo(facts));
}
