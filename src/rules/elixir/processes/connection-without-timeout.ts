import type { Call, Expression } from "../../../model/expression.js";
import { collect } from "../../../model/walk.js";
import { atomOf, stringOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { callAt, processCallsIn, type ProcessCall } from "../../shared/process-calls.js";
import { resolved } from "../../shared/bound-values.js";
import { spoken } from "../../shared/written.js";

type Slots = { call: string; inside: string; kind: "connect" | "request" };

export const connectionWithoutTimeout = defineRule<Slots>({
  id: "connection-without-timeout",
  title: "A connection is opened without a limit to the wait",
  trigger: "critical_pattern",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-400", "CWE-1088"],
  silencedBy: {},
  fix: "limit-connection",
  match(facts, project) {
    return processCallsIn(facts, project).flatMap((found) => matchOf(found));
  },
  what: ({ call, inside }) => `\`${inside}\` calls \`${call}\` without a timeout, and its default is \`:infinity\`.`,
  why: ({ kind }) =>
    kind === "connect"
      ? "A host that drops packets, or accepts and never answers, keeps the process here for as long as the operating system likes: it handles no message, and whoever waits for it waits too."
      : "A server that accepts and never answers keeps the process here for ever, with its connection.",
  instead: ({ call, kind }) =>
    kind === "connect"
      ? `Give \`${call}\` a timeout in milliseconds as its last argument (5_000 is usual) and handle \`{:error, :timeout}\`.`
      : "Give `timeout:` and `connect_timeout:` among the HTTP options (the third argument of `:httpc.request/4`) and handle `{:error, reason}`.",
  notWhen: [
    "A timeout is given, as an argument or in the options, or the options come from elsewhere.",
    "The request is not waited for (`sync: false`).",
    "The socket is a local one (`{:local, path}`) or this very machine.",
    "The code is a test, a script or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Printer do
  def print(host, text) do
    with {:ok, socket} <- :gen_tcp.connect(host, 9100, [:binary, active: false]) do
      :gen_tcp.send(socket, text)
      :gen_tcp.close(socket)
    end
  end
end
`,
      at: ":gen_tcp.connect(host, 9100, [:binary, active: false])",
      good: `defmodule Shop.Printer do
  def print(host, text) do
    with {:ok, socket} <- :gen_tcp.connect(host, 9100, [:binary, active: false], 5_000) do
      :gen_tcp.send(socket, text)
      :gen_tcp.close(socket)
    end
  end
end
`,
    },
    {
      bad: `defmodule Shop.Rates do
  def fetch(url), do: :httpc.request(:get, {url, []}, [], [])
end
`,
      at: ":httpc.request(:get, {url, []}, [], [])",
      good: `defmodule Shop.Rates do
  def fetch(url), do: :httpc.request(:get, {url, []}, [timeout: 5_000], [])
end
`,
    },
  ],
});

function matchOf(found: ProcessCall): Match<Slots>[] {
  const { module, function: name, arity } = found.call;
  const kind = module === ":httpc" ? "request" : "connect";
  if (name !== kind || (module !== ":gen_tcp" && module !== ":ssl" && module !== ":httpc")) return [];
  if ((module === ":gen_tcp" && arity !== 3) || (module === ":ssl" && arity !== 2 && arity !== 3)) return [];
  const call = callAt(found);
  if (call === null || isLimited(call, found.definition.body) || isNear(call, found.definition.body)) return [];
  return [
    {
      span: call.segment,
      confidence: "likely",
      slots: { call: `${call.module ?? ""}.${name}/${String(arity)}`, inside: spoken(found.definition.id), kind },
      evidence: [],
    },
  ];
}

/** A timeout among what is given, or options that this code does not show. */
function isLimited(call: Call, body: Expression): boolean {
  if (call.module === ":httpc") return isLimitedRequest(call, body);
  if (call.module === ":gen_tcp") return false;
  const [socket, options, last] = call.arguments;
  // `:ssl.connect(socket, options, timeout)` upgrades an open socket; with a host and a port nothing limits the wait.
  if (last === undefined) return false;
  const isSocket = socket?.kind === "variable" && /sock|conn$|transport|tcp/i.test(socket.name);
  return isSocket || isOptions(options, body) || /timeout/i.test(nameOf(last)) || last.kind === "operator";
}

function isOptions(given: Expression | undefined, body: Expression): boolean {
  if (given === undefined) return false;
  const { kind } = resolved(given, body);
  return kind === "keyword" || kind === "list" || /opt/i.test(nameOf(given));
}

function nameOf(expression: Expression): string {
  if (expression.kind === "variable" || expression.kind === "attribute") return expression.name;
  return expression.kind === "access" ? (expression.field ?? "") : expression.kind === "call" ? expression.function : "";
}

function isLimitedRequest(call: Call, body: Expression): boolean {
  if (call.arguments.length < 4) return false;
  const [, , given, handling] = call.arguments;
  if (given === undefined) return false;
  if (handling !== undefined && !isWaitedFor(resolved(handling, body))) return true;
  const options = resolved(given, body);
  if (options.kind === "list" && options.tail === null) {
    return options.elements.some((element) => element.kind !== "tuple" || says(element, /timeout/));
  }
  return options.kind !== "keyword" || options.entries.some(({ key }) => key === "timeout");
}

/** `sync: false` answers by messages; options that are not written here may say so too. */
function isWaitedFor(handling: Expression): boolean {
  if (handling.kind === "list") return handling.elements.length === 0;
  return handling.kind === "keyword" && !handling.entries.some(({ key }) => key === "sync");
}

function says(expression: Expression, word: RegExp): boolean {
  return collect(expression, "literal").some(({ value }) => word.test(value));
}

/** A socket in the file system, or this machine: nothing lies in between that could swallow packets. */
function isNear({ arguments: [host] }: Call, body: Expression): boolean {
  if (host === undefined) return false;
  const target = resolved(host, body);
  const text = stringOf(target);
  if (text !== null) return /^(localhost|127\.0\.0\.1|::1)$/.test(text);
  if (target.kind !== "tuple") return false;
  return atomOf(target.elements[0]) === "local" || target.elements.map(literalOf).join(".") === "127.0.0.1";
}

function literalOf(expression: Expression): string {
  return expression.kind === "literal" ? expression.value : "";
}
