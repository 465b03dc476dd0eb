import type { Branch, Call } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { servingDefinitionsCalling, type Callee } from "../../shared/calling.js";
import type { Definition } from "../../shared/definitions.js";
import { runsElsewhere } from "../../shared/process-calls.js";
import { requestPath } from "../../shared/requests.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; waits: string; kind: "socket" | "message" };

export const receiveWithoutLimit = defineRule<Slots>({
  id: "receive-without-limit",
  title: "An answer is waited for without a limit",
  trigger: "critical_pattern",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-400"],
  silencedBy: {},
  match(facts: Facts, project) {
    const sockets = servingDefinitionsCalling(facts, project, readsSocket).flatMap(readsIn);
    const messages = servingDefinitionsCalling(facts, project, asksByMessage).flatMap((definition) => waitsIn(definition, project));
    return [...sockets, ...messages];
  },
  what: ({ inside, waits, kind }) =>
    kind === "socket"
      ? `\`${inside}\` reads with \`${waits}\` and no timeout, whose default is \`:infinity\`.`
      : `\`${inside}\` sends a message and waits for the answer in a \`receive\` without \`after\`.`,
  why: ({ kind }) =>
    kind === "socket"
      ? "A peer that keeps the connection open and sends nothing keeps the process here for ever, with its socket and whatever else it holds."
      : "When the other process has ended or answers something else, the request waits for ever: its process, its connection and its client hang, and nothing is logged.",
  instead: ({ waits, kind }) =>
    kind === "socket"
      ? `Give a timeout in milliseconds as the last argument of \`${waits}\` and handle \`{:error, :timeout}\`.`
      : "Add `after 5_000 -> {:error, :timeout}`, and monitor the other process, so that its end is noticed at once; or ask it with `GenServer.call/3`, which does both.",
  notWhen: [
    "A timeout or `after` is given, or the end of the other process is among what is received (`:DOWN`, `:EXIT`).",
    "No request waits for the `receive`: the main loop of a process has to wait.",
    "It runs in a task or another process, or nothing is sent or started before it in the function.",
    "The code is a test, a script or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Scale do
  def weight(socket) do
    :ok = :gen_tcp.send(socket, "W")
    {:ok, grams} = :gen_tcp.recv(socket, 0)
    grams
  end
end
`,
      at: ":gen_tcp.recv(socket, 0)",
      good: `defmodule Shop.Scale do
  def weight(socket) do
    :ok = :gen_tcp.send(socket, "W")
    {:ok, grams} = :gen_tcp.recv(socket, 0, 5_000)
    grams
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.LabelController do
  use Phoenix.Controller

  def create(conn, %{"text" => text}) do
    send(Shop.Printer, {:print, self(), text})

    receive do
      {:printed, page} -> json(conn, page)
    end
  end
end
`,
      at: "receive",
      good: `defmodule ShopWeb.LabelController do
  use Phoenix.Controller

  def create(conn, %{"text" => text}) do
    send(Shop.Printer, {:print, self(), text})

    receive do
      {:printed, page} -> json(conn, page)
    after
      5_000 -> send_resp(conn, 503, "")
    end
  end
end
`,
    },
  ],
});

function readsSocket({ module, function: name }: Callee): boolean {
  return (module === ":gen_tcp" || module === ":ssl") && name === "recv";
}

function readsIn(definition: Definition): Match<Slots>[] {
  return outlineOfClause(definition.clause)
    .calls.filter((call) => call.kind === "call" && readsSocket(call) && call.arity === 2)
    .map(({ module, span }) => {
      const slots: Slots = { inside: spoken(definition.id), waits: `${module ?? ""}.recv`, kind: "socket" };
      return { span, confidence: "likely", slots, evidence: [] };
    });
}

/** What makes somebody answer by a message. */
function asksByMessage({ module, function: name }: Callee): boolean {
  if (module === null) return name === "send" || name === "spawn" || name === "spawn_link";
  return (module === "Process" && name === "send") || (module === "Port" && (name === "open" || name === "command"));
}

function waitsIn(definition: Definition, project: Project): Match<Slots>[] {
  if (requestPath(project, definition.id) === null) return [];
  const asks = collect(definition.body, "call").filter(asksByMessage);
  return collect(definition.body, "branch").flatMap((branch): Match<Slots>[] => {
    if (branch.form !== "receive" || hasWayOut(branch) || runsElsewhere(definition, branch.span)) return [];
    if (!asks.some((call: Call) => call.span.end <= branch.span.start)) return [];
    const slots: Slots = { inside: spoken(definition.id), waits: "receive", kind: "message" };
    return [{ span: branch.nameSpan, confidence: "likely", slots, evidence: [] }];
  });
}

/** `after`, or a clause for the end of the other process, or for anything. */
function hasWayOut({ clauses }: Branch): boolean {
  return clauses.some(({ role, patterns: [pattern] }) => {
    if (role === "after" || pattern === undefined || pattern.kind === "variable") return true;
    return pattern.kind === "tuple" && /^(DOWN|EXIT)$/.test(atomOf(pattern.elements[0]) ?? "");
  });
}
