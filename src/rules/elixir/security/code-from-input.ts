import type { Call, Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { stringOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { sentTo } from "../../shared/sent.js";
import { written } from "../../shared/written.js";

type Runs = "command" | "shell" | "code" | "template" | "function";
type Slots = { call: string; value: string; runs: Runs };

const callers = definitionsCalling(mayExecute);

export const codeFromInput = defineRule<Slots>({
  id: "code-from-input",
  title: "A client chooses what the server executes",
  trigger: "critical_pattern",
  area: "security",
  severity: "critical",
  cwe: ["CWE-78", "CWE-88", "CWE-94", "CWE-95", "CWE-470"],
  silencedBy: {
    sobelow: ["CI.System", "CI.OS", "RCE.CodeModule", "RCE.EEx"],
    credo: ["Credo.Check.Warning.UnsafeExec"],
  },
  languages: ["elixir"],
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ call, value, runs }) =>
    ({
      command: `\`${call}\` starts the program that ${value} names.`,
      shell: `\`${call}\` hands ${value} to a shell.`,
      code: `\`${call}\` runs ${value} as Elixir code.`,
      template: `\`${call}\` runs ${value} as a template, and templates are code.`,
      function: `\`${call}\` calls the function that ${value} names.`,
    })[runs],
  why: ({ runs }) =>
    runs === "function"
      ? "It comes from the request: whoever sends it reaches every function with that many arguments, also those no route leads to."
      : runs === "shell"
        ? "It comes from the request: a `;` or `$(…)` in it starts a command of the sender's."
        : "It comes from the request: whoever sends it runs what they like on the server, with its files, secrets and database.",
  instead: ({ runs }) =>
    runs === "function"
      ? 'Map the text to a function in the source: `case action do "publish" -> publish(item) end`.'
      : runs === "command" || runs === "shell"
        ? 'Call the program by its written name with `System.cmd("convert", [path])`: arguments given as a list reach no shell; put `--` before those a client chose.'
        : "Don't execute it: parse the few forms you need (`Integer.parse/1`, `Jason.decode/1`), or fill a fixed text with its values.",
  notWhen: [
    "The program or code is written in the source or configured, and a client's values are arguments in a list or bindings.",
    "A guard, a membership test or a check has looked at the value.",
    "The value cannot be followed to what a client sent, as where a notebook or a migration runs its own code.",
    "The code is a test, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.ThumbnailController do
  use Phoenix.Controller

  def create(conn, %{"name" => name}) do
    System.cmd("sh", ["-c", "convert /srv/#{name} -resize 100x100 /srv/small.png"])
    send_resp(conn, 204, "")
  end
end
`,
      at: `System.cmd("sh", ["-c", "convert /srv/#{name} -resize 100x100 /srv/small.png"])`,
      good: `defmodule ShopWeb.ThumbnailController do
  use Phoenix.Controller

  def create(conn, %{"name" => name}) do
    System.cmd("convert", ["--", "/srv/#{name}", "-resize", "100x100", "/srv/small.png"])
    send_resp(conn, 204, "")
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.PriceLive do
  use Phoenix.LiveView

  def handle_event("calculate", %{"formula" => formula}, socket) do
    {result, _bindings} = Code.eval_string(formula)
    {:noreply, assign(socket, :result, result)}
  end
end
`,
      at: "Code.eval_string(formula)",
      good: `defmodule ShopWeb.PriceLive do
  use Phoenix.LiveView

  def handle_event("calculate", %{"formula" => formula}, socket) do
    {result, _bindings} = Code.eval_string("1 + price", price: String.length(formula))
    {:noreply, assign(socket, :result, result)}
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.ItemLive do
  use Phoenix.LiveView

  def handle_event("run", %{"action" => action}, socket) do
    apply(Shop.Items, String.to_existing_atom(action), [socket.assigns.item])
    {:noreply, socket}
  end
end
`,
      at: "apply(Shop.Items, String.to_existing_atom(action), [socket.assigns.item])",
      good: `defmodule ShopWeb.ItemLive do
  use Phoenix.LiveView

  def handle_event("run", %{"action" => action}, socket) when action in ["publish", "retire"] do
    apply(Shop.Items, String.to_existing_atom(action), [socket.assigns.item])
    {:noreply, socket}
  end
end
`,
    },
  ],
});

const executors: Readonly<Record<string, RegExp>> = {
  System: /^(cmd|shell)$/,
  ":os": /^cmd$/,
  Port: /^open$/,
  ":erlang": /^(open_port|apply)$/,
  Code: /^(eval_(string|quoted|file)|compile_string|require_file|compile_quoted)$/,
  EEx: /^eval_(string|file)$/,
  ":erl_eval": /^exprs?$/,
  Kernel: /^apply$/,
};
const cleans = /valid|allow|permit|known|safe|check|verif|whitelist|^(Integer|Float|Date|Ecto\.UUID)\./i;
const shell = /^(\/bin\/|\/usr\/bin\/)?(sh|bash|zsh|cmd(\.exe)?|powershell)$/;

function mayExecute({ module, function: name }: Callee): boolean {
  return module === null ? name === "apply" : (executors[module]?.test(name) ?? false);
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  if (!mayExecute(call) || (call.module === null && call.arguments.length !== 3)) return [];
  for (const { value, runs } of executedBy(call)) {
    const steps = sentTo(value, definition, project, { cleans, within: runs === "function" ? "whole" : "text" });
    if (steps === null) continue;
    const text = written(value);
    const name = `${call.module === null ? "" : `${call.module}.`}${call.function}`;
    const slots = { call: name, value: text === "…" ? "text from the client" : `\`${text}\``, runs };
    return [{ span: call.span, confidence: "likely", severity: runs === "function" ? "high" : "critical", slots, evidence: steps }];
  }
  return [];
}

/** The arguments of a call that are executed, arguments that only fill a program's list left out. */
function executedBy(call: Call): { value: Expression; runs: Runs }[] {
  const [first, second] = call.arguments;
  if (first === undefined) return [];
  if (call.function === "apply") return second === undefined ? [] : [{ value: second, runs: "function" }];
  if (call.module === "System" && call.function === "cmd") {
    const isShell = shell.test(stringOf(first) ?? "");
    return isShell ? scriptOf(second).map((value) => ({ value, runs: "shell" })) : [{ value: first, runs: "command" }];
  }
  if (call.module === "System" || call.module === ":os") return [{ value: first, runs: "shell" }];
  if (call.module === "Port" || call.function === "open_port")
    return first.kind === "tuple" ? first.elements.slice(1).map((value) => ({ value, runs: "shell" })) : [];
  return [{ value: first, runs: call.module === "EEx" ? "template" : "code" }];
}

/** What a shell is told to run: the argument after `-c`; those that follow reach it as `$1`, `$2`. */
function scriptOf(given: Expression | undefined): Expression[] {
  if (given?.kind !== "list") return given === undefined ? [] : [given];
  const option = given.elements.findIndex((element) => /^[-/]\w*[cC]$/.test(stringOf(element) ?? ""));
  return given.elements.slice(option + 1, option + 2);
}
