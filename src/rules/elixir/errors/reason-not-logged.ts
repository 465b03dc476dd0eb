import type { Branch, Call, Clause, Expression } from "../../../model/expression.js";
import type { Effect, Project } from "../../../model/project.js";
import { collect, walk } from "../../../model/walk.js";
import { effectsWithin } from "../../../project/effects-of.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; level: string; dropped: string };

const logging = definitionsCalling(logsFailure);

export const reasonNotLogged = defineRule<Slots>({
  id: "reason-not-logged",
  title: "A failure is logged without saying why",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "low",
  cwe: ["CWE-778"],
  silencedBy: {},
  where: logging,
  match(facts, project) {
    return selectedIn(logging, facts, project).flatMap((definition) =>
      collect(definition.body, "branch").flatMap((branch) => matchesIn(branch, definition, project)),
    );
  },
  what: ({ inside, level, dropped }) => `\`${inside}\` logs that something failed (\`Logger.${level}\`) and drops ${dropped}.`,
  why: () =>
    "The log is all that is left of the failure: whoever reads it learns that it happened, and has to reproduce it to learn what went wrong.",
  instead: ({ dropped }) =>
    dropped === "the exception"
      ? "Log the exception with its stacktrace: `Logger.error(Exception.format(:error, exception, __STACKTRACE__))`."
      : 'Bind the reason and log it with what it was about: `{:error, reason} -> Logger.error("sync failed", order_id: id, reason: inspect(reason))`.',
  notWhen: [
    "The reason, the exception or its stacktrace is logged, reported, raised again or given back.",
    "The error that is matched is one certain reason (`{:error, :not_found}`), or carries none (`:error`).",
    "The log says nothing of a failure (`info`, `debug`).",
    "What failed is a look-up, a decoder or a check, which fail for one reason: only services, mail, writes, files and commands are asked about.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Sync do
  require Logger

  def run(order) do
    case Req.post("https://warehouse.example.com/orders", json: %{id: order.id}) do
      {:ok, receipt} -> {:ok, receipt}
      {:error, _reason} ->
        Logger.error("could not push order #{order.id}")
        :error
    end
  end
end
`,
      at: 'Logger.error("could not push order #{order.id}")',
      good: `defmodule Shop.Sync do
  require Logger

  def run(order) do
    case Req.post("https://warehouse.example.com/orders", json: %{id: order.id}) do
      {:ok, receipt} -> {:ok, receipt}
      {:error, reason} ->
        Logger.error("could not push order #{order.id}: #{inspect(reason)}")
        :error
    end
  end
end
`,
    },
    {
      bad: `defmodule Shop.Prices do
  require Logger

  def refresh do
    Req.get!("https://prices.example.com").body
  rescue
    _ ->
      Logger.error("prices were not refreshed")
      :error
  end
end
`,
      at: 'Logger.error("prices were not refreshed")',
      good: `defmodule Shop.Prices do
  require Logger

  def refresh do
    Req.get!("https://prices.example.com").body
  rescue
    exception ->
      Logger.error("prices were not refreshed: " <> Exception.message(exception))
      :error
  end
end
`,
    },
  ],
});

const levels = /^(error|warn|warning|critical|alert|emergency)$/;

function logsFailure({ module, function: name }: Callee): boolean {
  return module === "Logger" && levels.test(name);
}

/** What fails for more than one reason. */
const failing = new Set<Effect>(["http", "mail", "write", "transaction", "enqueue", "command", "file"]);

function matchesIn(branch: Branch, definition: Definition, project: Project): Match<Slots>[] {
  return branch.clauses.flatMap((clause) => {
    const dropped = droppedBy(clause, branch);
    if (dropped === null || saysMore(clause.body) || !mayFailVariously(branch, definition, project)) return [];
    const [log, ...more] = collect(clause.body, "call").filter(logsFailure);
    if (log === undefined || more.length > 0) return [];
    const slots = { inside: spoken(definition.id), level: log.function, dropped };
    return [{ span: log.segment, confidence: "likely", slots, evidence: [] }];
  });
}

/** A service, a write, a file: a look-up or a decoder fails for one reason alone. */
function mayFailVariously({ form, subject, steps, clauses }: Branch, definition: Definition, project: Project): boolean {
  const tried = form === "try" ? clauses.filter(({ role }) => role === "do").map(({ body }) => body) : steps.map(({ value }) => value);
  return [...tried, ...(subject === null ? [] : [subject])].some(({ span }) =>
    effectsWithin(project, definition.id, span).some(({ effect, deferred }) => !deferred && failing.has(effect)),
  );
}

/** What an arm is given and does not look at. */
function droppedBy({ role, patterns: [pattern] }: Clause, { form }: Branch): string | null {
  if (pattern === undefined) return null;
  if (role === "rescue") return isLeftOut(pattern) ? "the exception" : null;
  if (form !== "case" && form !== "with") return null;
  const isError = pattern.kind === "tuple" && pattern.elements.length === 2 && atomOf(pattern.elements[0]) === "error";
  return isError && isLeftOut(pattern.elements[1]) ? "the reason" : null;
}

function isLeftOut(pattern: Expression | undefined): boolean {
  return pattern?.kind === "variable" && pattern.name.startsWith("_");
}

const telling = /^(__STACKTRACE__|reraise|raise|exit|throw|capture_\w+|report\w*|notify\w*|inspect|format\w*|message)$/;

/** The stacktrace, a report, another exception: what went wrong is told all the same. */
function saysMore(body: Expression): boolean {
  let more = false;
  walk(body, (part) => {
    if (part.kind === "call" && tells(part)) more = true;
    if (part.kind === "variable" && part.name === "__STACKTRACE__") more = true;
    return !more;
  });
  return more;
}

function tells(call: Call): boolean {
  return telling.test(call.function) || /(Sentry|Rollbar|Honeybadger|Appsignal|Bugsnag|ErrorTracker)/.test(call.module ?? "");
}
