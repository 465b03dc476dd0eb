import type { Branch, Clause, Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Effect, Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect, walk } from "../../../model/walk.js";
import { effectsWithin } from "../../../project/effects-of.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { applicationDefinitions, type Definition } from "../../shared/definitions.js";
import { spoken } from "../../shared/written.js";

type Slots = { given: string; effect: string; inside: string; form: "silent" | "information" };

export const rescueHidesFailure = defineRule<Slots>({
  id: "rescue-hides-failure",
  title: "A rescue hides a failure behind an empty value",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-390"],
  silencedBy: {},
  match(facts, project) {
    return applicationDefinitions(facts, project).flatMap((definition) =>
      mayHide(definition, project)
        ? collect(definition.body, "branch").flatMap((branch) => matchOf(branch, definition, project, facts))
        : [],
    );
  },
  what: ({ given, inside, form }) =>
    form === "silent"
      ? `\`${inside}\` rescues every exception, says nothing of it and gives ${given}.`
      : `\`${inside}\` logs an exception as mere information and gives ${given} as if it had worked.`,
  why: ({ effect, form }) =>
    form === "silent"
      ? `What goes wrong with ${effect} looks like an empty answer to every caller, and so does any bug in between: nobody will learn of it.`
      : "Production logs are often kept from `warning` on, and error trackers see nothing: the record is wrong from then on and nobody learns of it.",
  instead: ({ form }) =>
    form === "silent"
      ? "Rescue the exception that is expected by its name, log it with its stacktrace, and give `{:error, reason}` so that the caller decides."
      : "Log it with `Logger.error` (or report it to the error tracker) and give `{:error, reason}` so that the caller decides.",
  notWhen: [
    "The exception is logged, reported, raised again, given back, or used in what is given back.",
    "Exceptions are rescued by name and not logged: that is a decision.",
    "An exception that is logged leads to `nil`: the caller sees that there is nothing.",
    "`{:error, …}`, `:error` or `false` is given back: the caller is told.",
    "A comment in the clause says why.",
    "Nothing but a conversion is tried: no database, service, mail, file or command.",
    "The code is a test, a script, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def list do
    Repo.all(Order)
  rescue
    _ -> []
  end
end
`,
      at: "_ -> []",
      good: `defmodule Shop.Orders do
  require Logger
  alias Shop.{Order, Repo}

  def list do
    Repo.all(Order)
  rescue
    exception ->
      Logger.error(Exception.format(:error, exception, __STACKTRACE__))
      []
  end
end
`,
    },
    {
      bad: `defmodule Shop.Lines do
  require Logger

  def parse(line) do
    [name, price] = Shop.Lines.Csv.parse_string(line)
    %{name: name, price: price}
  rescue
    exception in Shop.Lines.ParseError ->
      Logger.info("no line: #{exception.message}")
      %{name: "", price: 0}
  end
end
`,
      at: `exception in Shop.Lines.ParseError ->
      Logger.info("no line: #{exception.message}")
      %{name: "", price: 0}`,
      good: `defmodule Shop.Lines do
  require Logger

  def parse(line) do
    [name, price] = Shop.Lines.Csv.parse_string(line)
    {:ok, %{name: name, price: price}}
  rescue
    exception in Shop.Lines.ParseError ->
      Logger.info("no line: #{exception.message}")
      {:error, exception}
  end
end
`,
    },
  ],
});

const words: ReadonlyMap<Effect, string> = new Map([
  ["write", "what is stored"],
  ["transaction", "what is stored"],
  ["query", "the database"],
  ["http", "the service asked"],
  ["mail", "the mail"],
  ["file", "the file"],
  ["command", "the command"],
]);

/** Where a log is written as information, or something is tried that can go wrong by itself. */
function mayHide({ id, clause }: Definition, project: Project): boolean {
  const { attempt, calls } = outlineOfClause(clause);
  if (!attempt) return false;
  const informs = calls.some(({ module, function: name }) => module === "Logger" && /^(info|debug)$/.test(name));
  return informs || [...(project.effects.get(id)?.keys() ?? [])].some((effect) => words.has(effect));
}

function matchOf(branch: Branch, definition: Definition, project: Project, facts: Facts): Match<Slots>[] {
  if (branch.form !== "try") return [];
  return branch.clauses.flatMap((clause) => {
    if (clause.role !== "rescue") return [];
    const given = emptyValue(clause.body);
    if (given === null || facts.comments.some(({ span }) => contains(clause.span, span))) return [];
    if (given !== "`nil`" && informsOnly(clause))
      return [found(clause, { given, effect: "", inside: spoken(definition.id), form: "information" }, "low")];
    if (!takesAll(clause) || !isSilent(clause)) return [];
    const tried = branch.clauses.find(({ role }) => role === "do");
    const effect = tried === undefined ? null : effectIn(tried.body, definition, project);
    return effect === null ? [] : [found(clause, { given, effect, inside: spoken(definition.id), form: "silent" }, "medium")];
  });
}

function found(clause: Clause, slots: Slots, severity: "low" | "medium"): Match<Slots> {
  return { span: clause.span, confidence: "likely", severity, slots, evidence: [] };
}

function effectIn(tried: Expression, definition: Definition, project: Project): string | null {
  for (const { effect, deferred } of effectsWithin(project, definition.id, tried.span)) {
    const word = deferred ? undefined : words.get(effect);
    if (word !== undefined) return word;
  }
  return null;
}

/** `_ ->` and `exception ->`: no exception is named. */
function takesAll({ patterns: [pattern] }: Clause): boolean {
  return pattern?.kind === "variable";
}

/** Nothing is called: neither a log nor a report, nor anything that might be one. */
function isSilent({ body }: Clause): boolean {
  return collect(body, "call").length === 0 && collect(body, "apply").length === 0;
}

/** One log as information that tells of the exception, and nothing else. */
function informsOnly({ patterns: [pattern], body }: Clause): boolean {
  if (body.kind !== "block" || body.expressions.length !== 2 || pattern === undefined) return false;
  const [log] = body.expressions;
  if (log?.kind !== "call" || log.module !== "Logger" || !/^(info|debug)$/.test(log.function)) return false;
  const names = collect(pattern, "variable").map(({ name }) => name);
  return collect(log, "variable").some(({ name }) => names.includes(name));
}

/** What stands for nothing: `nil`, `[]`, `%{}`, a struct of constants, `:ok`; in words, null for any other value. */
function emptyValue(body: Expression): string | null {
  const last = body.kind === "block" ? body.expressions.at(-1) : body;
  if (last === undefined) return "nothing";
  if (last.kind === "literal" && last.type === "nil") return "`nil`";
  if (atomOf(last) === "ok") return "`:ok`";
  if (last.kind === "list") return last.elements.length === 0 && last.tail === null ? "`[]`" : null;
  if (last.kind === "tuple") return atomOf(last.elements[0]) === "ok" && isConstant(last) ? "`{:ok, …}`" : null;
  if (last.kind === "map" && last.base === null && isConstant(last))
    return last.struct === null ? "an empty map" : `an empty \`%${last.struct}{}\``;
  return null;
}

function isConstant(expression: Expression): boolean {
  let constant = true;
  walk(expression, ({ kind }) => {
    constant &&= kind === "literal" || kind === "map" || kind === "tuple" || kind === "list";
  });
  return constant;
}
