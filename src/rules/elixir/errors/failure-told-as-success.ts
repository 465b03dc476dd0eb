import type { Branch, Clause, Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { Effect, Project } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { effectsWithin } from "../../../project/effects-of.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { among, definitionsWith, selectedIn } from "../../shared/selections.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { inside: string; given: string; effect: string; caught: string };

const failable = among(definitionsWith("write", "transaction", "mail", "http", "enqueue"), matters);

export const failureToldAsSuccess = defineRule<Slots>({
  id: "failure-told-as-success",
  title: "An error is turned into success without a word",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-390"],
  silencedBy: {},
  where: failable,
  match(facts, project) {
    return selectedIn(failable, facts, project).flatMap((definition) =>
      collect(definition.body, "branch").flatMap((branch) => matchesIn(branch, definition, facts, project)),
    );
  },
  what: ({ inside, given, caught, effect }) => `\`${inside}\` answers \`${given}\` for ${caught}, where ${effect} has failed.`,
  why: () =>
    "The caller goes on as if the work were done, nothing is logged and nothing tries again: the loss is noticed when somebody misses the result.",
  instead: () =>
    "Hand the error on (`error -> error`), or log it with its reason before going on, with a line that says why going on is right.",
  notWhen: [
    "The error is logged, reported, handed on, or something else is done about it.",
    "Success is answered otherwise, so that the caller can tell (`{:ok, true}` and `{:ok, false}`).",
    "A certain reason is matched (`{:error, :not_found} -> :ok`): that is a decision.",
    "A comment in the arm says why.",
    "What failed only keeps records, reads, or removes what may be gone.",
    "The code is a test, a script, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Billing do
  def charge(order) do
    case Req.post("https://pay.example.com/charges", json: %{order: order.id}) do
      {:ok, _response} -> :ok
      {:error, _} -> :ok
    end
  end
end
`,
      at: "{:error, _} -> :ok",
      good: `defmodule Shop.Billing do
  def charge(order) do
    case Req.post("https://pay.example.com/charges", json: %{order: order.id}) do
      {:ok, _response} -> :ok
      {:error, exception} -> {:error, exception}
    end
  end
end
`,
    },
    {
      bad: `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def settle(order, attrs) do
    with {:ok, order} <- Repo.update(Order.changeset(order, attrs)),
         {:ok, _receipt} <- Shop.Receipts.send(order) do
      :ok
    else
      _ -> :ok
    end
  end
end
`,
      at: "_ -> :ok",
      good: `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def settle(order, attrs) do
    with {:ok, order} <- Repo.update(Order.changeset(order, attrs)),
         {:ok, _receipt} <- Shop.Receipts.send(order) do
      :ok
    end
  end
end
`,
    },
  ],
});

/** Work whose failure somebody has to hear of. */
const words: ReadonlyMap<Effect, string> = new Map([
  ["write", "a write"],
  ["transaction", "a transaction"],
  ["mail", "a mail"],
  ["http", "a call to another service"],
  ["enqueue", "the start of a job"],
]);
const keepsRecords = /log|audit|track|telemetry|metric|analytics|history|activit|touch|seen|heartbeat|cache|warm|ping|notif|report|stats?/i;
const removing = /delete|remove|cancel|clean|unsubscribe|revoke|close|release|stop|purge|expire/i;

/** Neither the keeping of records nor the removal of what may be gone. */
function matters({ id }: Definition): boolean {
  return !keepsRecords.test(spoken(id)) && !removing.test(spoken(id));
}

function matchesIn(branch: Branch, definition: Definition, facts: Facts, project: Project): Match<Slots>[] {
  if (branch.form !== "case" && branch.form !== "with") return [];
  const successes = branch.clauses.flatMap((clause) => successIn(clause, branch) ?? []);
  if (successes.length === 0) return [];
  return branch.clauses.flatMap((clause) => {
    const caught = caughtBy(clause, branch);
    const given = clause.body.kind === "block" ? null : constantOf(clause.body);
    if (caught === null || given === null || !successes.includes(given) || facts.comments.some(({ span }) => contains(clause.span, span)))
      return [];
    const effect = failing(branch, definition, project);
    if (effect === null) return [];
    const slots = { inside: spoken(definition.id), given, effect, caught };
    return [{ span: clause.span, confidence: "likely", slots, evidence: [] }];
  });
}

/** What an arm of success gives, where it is a constant: what the caller tells outcomes by. */
function successIn(clause: Clause, { form }: Branch): string | null {
  if (form === "with") return clause.role === "do" ? constantOf(clause.body) : null;
  const [pattern] = clause.patterns;
  const isOk = pattern !== undefined && (atomOf(pattern) === "ok" || (pattern.kind === "tuple" && atomOf(pattern.elements[0]) === "ok"));
  return isOk ? constantOf(clause.body) : null;
}

/** Every error, whatever its reason; null for an arm that takes anything else. */
function caughtBy({ role, patterns: [pattern], guard }: Clause, { form }: Branch): string | null {
  if (pattern === undefined || guard !== null || (form === "with" && role !== "else")) return null;
  if (pattern.kind === "variable") return pattern.name.startsWith("_") ? "everything else" : null;
  if (pattern.kind !== "tuple" || pattern.elements.length !== 2 || atomOf(pattern.elements[0]) !== "error") return null;
  const [, reason] = pattern.elements;
  return reason?.kind === "variable" && reason.name.startsWith("_") ? "every error" : null;
}

/** `:ok`, or `{:ok, constant}`, that a body ends in. */
function constantOf(body: Expression): string | null {
  const last = body.kind === "block" ? body.expressions.at(-1) : body;
  if (last === undefined) return null;
  if (atomOf(last) === "ok") return ":ok";
  if (last.kind !== "tuple" || last.elements.length !== 2 || atomOf(last.elements[0]) !== "ok") return null;
  const [, value] = last.elements;
  return value?.kind === "literal" ? `{:ok, ${written(value)}}` : null;
}

/** What was tried by the subject or a step, where its failure is a loss. */
function failing({ subject, steps }: Branch, definition: Definition, project: Project): string | null {
  const tried: Span[] = [...(subject === null ? [] : [subject.span]), ...steps.filter(({ binds }) => binds).map(({ value }) => value.span)];
  for (const span of tried) {
    for (const { effect, call, deferred } of effectsWithin(project, definition.id, span)) {
      const word = deferred || keepsRecords.test(spoken(call)) || removing.test(spoken(call)) ? undefined : words.get(effect);
      if (word !== undefined) return word;
    }
  }
  return null;
}
