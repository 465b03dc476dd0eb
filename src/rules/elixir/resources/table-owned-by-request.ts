import type { Call } from "../../../model/expression.js";
import type { FunctionId, Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf, moduleNameOf } from "../../../project/values.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { requestPath } from "../../shared/requests.js";
import { runsElsewhere } from "../../shared/process-calls.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; table: string; request: string };

const making = definitionsCalling(makesTable);

export const tableOwnedByRequest = defineRule<Slots>({
  id: "table-owned-by-request",
  title: "A shared table belongs to the request that came first",
  trigger: "critical_pattern",
  area: "resources",
  severity: "medium",
  cwe: ["CWE-664"],
  silencedBy: {},
  where: making,
  match(facts, project) {
    return selectedIn(making, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => (makesTable(call) ? matchOf(call, definition, project) : [])),
    );
  },
  what: ({ inside, table, request }) =>
    `\`${inside}\` makes the named table \`${table}\`${request === inside ? "" : `, and \`${request}\` leads to it`}: the process of the request owns it.`,
  why: ({ table }) =>
    `A table is deleted with its owner, so \`${table}\` is gone when that request ends; another one that has just found it raises an \`ArgumentError\` on its next look, and two that start together raise on making it.`,
  instead: ({ table }) =>
    `Make \`${table}\` in \`init/1\` of a process under the application's supervisor (or in \`Application.start/2\`), and let requests only read and write it.`,
  notWhen: [
    "The application, a supervisor or a long-lived process makes it too when it starts: then requests find it.",
    "The table has no name: it is one function's own.",
    "The table is given an heir, or is deleted in the same function.",
    "A task or another process makes it.",
  ],
  examples: [
    {
      bad: `defmodule Shop.RateCache do
  @table :shop_rates

  def put(key, value) do
    ensure()
    :ets.insert(@table, {key, value})
  end

  defp ensure do
    if :ets.whereis(@table) == :undefined do
      :ets.new(@table, [:named_table, :public])
    end
  end
end

defmodule ShopWeb.RateController do
  use Phoenix.Controller

  def show(conn, %{"currency" => currency}) do
    Shop.RateCache.put(currency, 1)
    send_resp(conn, 200, "")
  end
end
`,
      at: ":ets.new(@table, [:named_table, :public])",
      good: `defmodule Shop.RateCache do
  use GenServer
  @table :shop_rates

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  def init(_) do
    :ets.new(@table, [:named_table, :public])
    {:ok, nil}
  end

  def put(key, value), do: :ets.insert(@table, {key, value})
end

defmodule ShopWeb.RateController do
  use Phoenix.Controller

  def show(conn, %{"currency" => currency}) do
    Shop.RateCache.put(currency, 1)
    send_resp(conn, 200, "")
  end
end
`,
    },
  ],
});

function makesTable({ module, function: name }: Callee): boolean {
  return module === ":ets" && name === "new";
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const [table, options] = call.arguments;
  const says = (name: string): boolean => options !== undefined && collect(options, "literal").some(({ value }) => value === name);
  if (table === undefined || !says("named_table") || says("heir") || runsElsewhere(definition, call.span)) return [];
  const path = requestPath(project, definition.id);
  if (path === null || isMadeAtStart(definition.id, project)) return [];
  if (collect(definition.body, "call").some(({ module, function: name }) => module === ":ets" && name === "delete")) return [];
  const name = table.kind === "attribute" ? `@${table.name}` : (moduleNameOf(table) ?? `:${atomOf(table) ?? "table"}`);
  return [
    {
      span: call.segment,
      confidence: path.length > 9 ? "possible" : "likely",
      slots: { inside: spoken(definition.id), table: name, request: spoken(path[0] ?? definition.id) },
      evidence: cluesOf(path, project),
    },
  ];
}

function cluesOf(path: readonly FunctionId[], project: Project): Clue[] {
  return path.slice(0, -1).flatMap((caller, position) => {
    const site = (project.calls.get(caller) ?? []).find(({ callee }) => callee === path[position + 1]);
    return site === undefined ? [] : [{ at: site, note: `${spoken(caller)} calls ${spoken(site.callee)}` }];
  });
}

const owners = new Set(["application", "supervisor", "server"]);
const starting = /^(init|start|start_link|handle_continue|child_spec)$/;

/** Whether something that lives as long as the application leads to the function when it starts, or the module is such a process. */
function isMadeAtStart(id: FunctionId, project: Project): boolean {
  const seen = new Set<FunctionId>();
  const pending: FunctionId[] = [id];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (seen.has(current)) continue;
    seen.add(current);
    const entry = project.functions.get(current);
    if (entry !== undefined && starting.test(entry.facts.name)) return true;
    if (owners.has(project.modules.get(entry?.module ?? "")?.role ?? "") && /^handle_/.test(entry?.facts.name ?? "")) return true;
    for (const { caller, deferred, path } of project.callers.get(current) ?? [])
      if (!deferred && !/(^|\/)test\//.test(path)) pending.push(caller);
  }
  return false;
}
