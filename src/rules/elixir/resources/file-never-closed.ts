import type { Call, Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect, walk } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { servingDefinitionsCalling, type Callee } from "../../shared/calling.js";
import type { Definition } from "../../shared/definitions.js";
import { endsOpen } from "../../shared/open-ends.js";
import { requestPath } from "../../shared/requests.js";
import { spoken } from "../../shared/written.js";

type Slots = { open: string; close: string; handle: string; inside: string; what: string; fault: "never" | "sometimes" };

interface Resource {
  readonly module: string;
  readonly open: RegExp;
  readonly close: readonly string[];
  readonly what: string;
  /** Modules whose functions use the handle without taking it over. */
  readonly users: readonly string[];
}

const resources: readonly Resource[] = [
  {
    module: "File",
    open: /^open!?$/,
    close: ["File.close", ":file.close"],
    what: "file descriptor",
    users: ["IO", "File", ":file", "IO.ANSI", "Enum", "Stream", ":io"],
  },
  { module: ":file", open: /^open$/, close: [":file.close", "File.close"], what: "file descriptor", users: ["IO", "File", ":file", ":io"] },
  {
    module: ":gen_tcp",
    open: /^(connect|listen)$/,
    close: [":gen_tcp.close", ":gen_tcp.shutdown"],
    what: "socket",
    users: [":gen_tcp", ":inet"],
  },
  { module: ":ssl", open: /^(connect|listen)$/, close: [":ssl.close", ":ssl.shutdown"], what: "socket", users: [":ssl", ":inet"] },
  { module: ":gen_udp", open: /^open$/, close: [":gen_udp.close"], what: "socket", users: [":gen_udp", ":inet"] },
];

export const fileNeverClosed = defineRule<Slots>({
  id: "file-never-closed",
  title: "A file or socket is opened and not closed on every way",
  trigger: "resource_leak",
  area: "resources",
  severity: "medium",
  cwe: ["CWE-772"],
  silencedBy: {},
  fix: "close-file",
  match(facts, project) {
    return servingDefinitionsCalling(facts, project, opens).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ open, handle, inside, fault }) =>
    fault === "never"
      ? `\`${inside}\` opens \`${handle}\` with \`${open}\` and ends without closing it.`
      : `\`${inside}\` opens \`${handle}\` with \`${open}\` and closes it only where all goes well: it may end before, with \`${handle}\` open.`,
  why: ({ what, inside }) =>
    `The ${what} stays taken until the process that ran \`${inside}\` ends; in a process that lives on, every call takes another one until the system refuses.`,
  instead: ({ open, close }) =>
    open.startsWith("File.")
      ? "Give `File.open` the function that uses the device (`File.open(path, modes, fn device -> … end)`): it closes the device on every path; or stream with `File.stream!`."
      : `Close it with \`${close}\` in an \`after\` block around its use, so that it is closed when that use raises too.`,
  notWhen: [
    "The function form of `File.open` is used.",
    "The handle is closed on every way that gives something back, in the function or in one that is given it; a way that raises ends the process and what it owns.",
    "The handle is returned, stored, sent, or given to another function that may close it.",
    "The code is a test, a script or a mix task: the system closes what is open when it ends.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Export do
  def write(path, rows) do
    {:ok, device} = File.open(path, [:write])
    Enum.each(rows, fn row -> IO.binwrite(device, row) end)
    :ok
  end
end
`,
      at: "File.open(path, [:write])",
      good: `defmodule Shop.Export do
  def write(path, rows) do
    {:ok, device} = File.open(path, [:write])
    Enum.each(rows, fn row -> IO.binwrite(device, row) end)
    File.close(device)
  end
end
`,
    },
    {
      bad: `defmodule Shop.Probe do
  def alive?(host) do
    case :gen_tcp.connect(host, 80, []) do
      {:ok, socket} -> :gen_tcp.send(socket, "ping") == :ok
      {:error, _reason} -> false
    end
  end
end
`,
      at: ":gen_tcp.connect(host, 80, [])",
      good: `defmodule Shop.Probe do
  def connect(host) do
    case :gen_tcp.connect(host, 80, []) do
      {:ok, socket} -> {:ok, socket}
      {:error, _reason} -> :error
    end
  end
end
`,
    },
    {
      bad: `defmodule Shop.Printer do
  def print(host, text) do
    with {:ok, socket} <- :gen_tcp.connect(host, 9100, [:binary, active: false], 5_000),
         :ok <- :gen_tcp.send(socket, text),
         {:ok, answer} <- :gen_tcp.recv(socket, 0, 5_000) do
      :gen_tcp.close(socket)
      {:ok, answer}
    end
  end
end
`,
      at: ":gen_tcp.connect(host, 9100, [:binary, active: false], 5_000)",
      good: `defmodule Shop.Printer do
  def print(host, text) do
    with {:ok, socket} <- :gen_tcp.connect(host, 9100, [:binary, active: false], 5_000) do
      answer = ask(socket, text)
      :gen_tcp.close(socket)
      answer
    end
  end

  defp ask(socket, text) do
    with :ok <- :gen_tcp.send(socket, text), do: :gen_tcp.recv(socket, 0, 5_000)
  end
end
`,
    },
  ],
});

const owners = new Set<string | null>(resources.map(({ module }) => module));

function resourceOf({ module, function: name }: Callee): Resource | undefined {
  return resources.find((candidate) => candidate.module === module && candidate.open.test(name));
}

function opens(call: Callee): boolean {
  return owners.has(call.module) && resourceOf(call) !== undefined;
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const resource = resourceOf(call);
  if (resource === undefined || call.arguments.some((argument) => argument.kind === "lambda" || argument.kind === "capture")) return [];
  const handle = handleOf(call, definition.body);
  const fault = handle === null ? null : faultOf(call, handle, resource, definition, project);
  if (handle === null || fault === null) return [];
  const isLongLived = ["server", "live_view", "channel", "worker"].includes(project.modules.get(definition.function.module)?.role ?? "");
  return [
    {
      span: call.segment,
      confidence: "likely",
      severity: isLongLived || requestPath(project, definition.id) !== null ? "high" : "medium",
      slots: {
        open: `${resource.module}.${call.function}`,
        close: resource.close[0] ?? "",
        handle,
        inside: spoken(definition.id),
        what: resource.what,
        fault,
      },
      evidence: [],
    },
  ];
}

/** The variable the handle is bound to, by a match, a `case` clause or a `with` step; null when it can't be told. */
function handleOf(call: Call, body: Expression): string | null {
  let handle: string | null = null;
  walk(body, (expression) => {
    if (expression.kind === "match" && expression.value === call) handle = boundHandle(expression.pattern);
    if (expression.kind !== "branch") return;
    for (const step of expression.steps) if (step.value === call && step.pattern !== null) handle = boundHandle(step.pattern);
    if (expression.subject !== call) return;
    for (const clause of expression.clauses) handle ??= clause.patterns.map(boundHandle).find((name) => name !== null) ?? null;
  });
  return handle;
}

/** `device` in `{:ok, device}`, or the variable itself. */
function boundHandle(pattern: Expression): string | null {
  if (pattern.kind === "variable") return pattern.name.startsWith("_") ? null : pattern.name;
  if (pattern.kind !== "tuple" || pattern.elements.length !== 2) return null;
  const [tag, value] = pattern.elements;
  return tag?.kind === "literal" && tag.value === "ok" && value?.kind === "variable" ? value.name : null;
}

function faultOf(call: Call, handle: string, resource: Resource, definition: Definition, project: Project): Slots["fault"] | null {
  if (!isKept(handle, resource, definition.body)) return "never";
  return endsOpen({ call, handle, isClose: (name) => resource.close.includes(name), uses: resource.users }, definition, project)
    ? "sometimes"
    : null;
}

/** Closed, or used in any way but as an argument of the functions that read and write it. */
function isKept(handle: string, resource: Resource, body: Expression): boolean {
  const used = new Set<Expression>();
  let closed = false;
  walk(body, (expression) => {
    if (expression.kind !== "call") return;
    const takes = expression.arguments.filter((argument) => argument.kind === "variable" && argument.name === handle);
    if (takes.length === 0) return;
    if (resource.close.includes(`${expression.module}.${expression.function}`)) closed = true;
    if (expression.module !== null && resource.users.includes(expression.module) && expression.function !== "controlling_process") {
      for (const argument of takes) used.add(argument);
    }
  });
  const lazily = collect(body, "call").some(
    (call) => /^(stream|binstream)$/.test(call.function) && call.arguments.some((argument) => used.has(argument)),
  );
  const mentions = collect(body, "variable").filter((variable) => variable.name === handle);
  const bindings = mentions.filter((variable) => isPattern(variable, body));
  return closed || lazily || mentions.some((variable) => !used.has(variable) && !bindings.includes(variable));
}

function isPattern(variable: Expression, body: Expression): boolean {
  let found = false;
  walk(body, (expression) => {
    const patterns =
      expression.kind === "match"
        ? [expression.pattern]
        : expression.kind === "branch"
          ? [
              ...expression.clauses.flatMap((clause) => clause.patterns),
              ...expression.steps.flatMap((step) => (step.pattern === null ? [] : [step.pattern])),
            ]
          : [];
    if (patterns.some((pattern) => collect(pattern, "variable").some((inside) => inside === variable))) found = true;
  });
  return found;
}
