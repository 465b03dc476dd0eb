import type { Branch, Call, Clause, Expression } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { among, anyOf, definitionsCalling, definitionsWith, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; fault: "at_once" | "twice"; call: string };

const recurring = among(definitionsWith("http"), recurs);
const posting = definitionsCalling(posts);

export const retriedAtOnce = defineRule<Slots>({
  id: "retried-at-once",
  title: "A failed call is tried again at once, or although it may have worked",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-799"],
  silencedBy: {},
  where: anyOf(recurring, posting),
  match(facts, project) {
    const again = selectedIn(recurring, facts, project).flatMap((definition) => againIn(definition));
    return [...again, ...selectedIn(posting, facts, project).flatMap(postedIn)];
  },
  what: ({ inside, fault, call }) =>
    fault === "at_once"
      ? `\`${inside}\` calls itself again as soon as its call to another service has failed.`
      : `\`${inside}\` has \`${call}\` tried again after any failure that may pass, a time-out among them.`,
  why: ({ fault }) =>
    fault === "at_once"
      ? "All tries are over within the moment the other side needs to recover, and each client multiplies its load just when it is overloaded."
      : "After a time-out nobody knows whether the request was carried out: what it creates or charges may be created or charged once for each try.",
  instead: ({ fault }) =>
    fault === "at_once"
      ? "Wait longer before each try, with some chance in it (`Req` does so by itself: `retry: :safe_transient`), or fail and let a job with backoff try again."
      : "Send an idempotency key that the other side honours, or leave `retry:` at its default, which only repeats GET and HEAD.",
  notWhen: [
    "Something is waited for in between, or the work is put off (`send_after`, a job, a delay in the name of a function called).",
    "The next try is another one: another address, page, token or argument than a counter.",
    "Neither the function nor the address says that something is changed (then it is `possible`): many services take questions by POST.",
    "The request carries an idempotency key, or its client retries safe methods only.",
    "The other try is the first one after a new login: it is given something new.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Rates do
  def fetch(url, attempts \\\\ 5)
  def fetch(_url, 0), do: {:error, :unavailable}

  def fetch(url, attempts) do
    case HTTPoison.get(url) do
      {:ok, response} -> {:ok, response.body}
      {:error, _reason} -> fetch(url, attempts - 1)
    end
  end
end
`,
      at: "fetch(url, attempts - 1)",
      good: `defmodule Shop.Rates do
  def fetch(url, attempts \\\\ 5)
  def fetch(_url, 0), do: {:error, :unavailable}

  def fetch(url, attempts) do
    case HTTPoison.get(url) do
      {:ok, response} ->
        {:ok, response.body}

      {:error, _reason} ->
        Process.sleep(Shop.Backoff.delay(attempts))
        fetch(url, attempts - 1)
    end
  end
end
`,
    },
    {
      bad: `defmodule Shop.Payments do
  def charge(order) do
    Req.post("https://pay.example.com/charges", json: %{order: order.id}, retry: :transient)
  end
end
`,
      at: `Req.post("https://pay.example.com/charges", json: %{order: order.id}, retry: :transient)`,
      good: `defmodule Shop.Payments do
  def charge(order) do
    Req.post("https://pay.example.com/charges",
      json: %{order: order.id},
      headers: [{"idempotency-key", order.key}],
      retry: :transient
    )
  end
end
`,
    },
  ],
});

const waiting = /sleep|send_after|backoff|back_off|delay|wait|schedule|jitter|throttle|insert|enqueue/i;

/** A function that asks another service and calls itself without anything that waits. */
function recurs({ clause, function: entry }: Definition): boolean {
  const { calls } = outlineOfClause(clause);
  return calls.some((call) => isOwn(call, entry)) && !calls.some(({ function: name }) => waiting.test(name));
}

function isOwn({ module, function: name }: Callee, entry: Definition["function"]): boolean {
  return name === entry.facts.name && (module === null || module === entry.module);
}

/** `fetch(url, attempts - 1)` in the arm of an error. */
function againIn(definition: Definition): Match<Slots>[] {
  const { function: entry, id } = definition;
  return collect(definition.body, "call")
    .filter((call) => isOwn(call, entry) && call.arguments.length === entry.facts.arity && isSameTry(call, definition))
    .filter((call) =>
      collect(definition.body, "branch").some((branch) =>
        branch.clauses.some((arm) => isErrorArm(arm, branch) && contains(arm.span, call.span)),
      ),
    )
    .map((call) => ({ span: call.segment, confidence: "likely", slots: { inside: spoken(id), fault: "at_once", call: "" }, evidence: [] }));
}

/** Every argument is a parameter as it came, but for one that counts. */
function isSameTry(call: Call, { clause }: Definition): boolean {
  const names = clause.parameters.map(nameOf);
  let counts = 0;
  for (const [position, given] of call.arguments.entries()) {
    if (given.kind === "operator" && /^[+-]$/.test(given.operator)) counts += 1;
    else if (given.kind !== "variable" || given.name !== names[position]) return false;
  }
  return counts === 1;
}

function nameOf(parameter: Expression): string | null {
  if (parameter.kind === "variable") return parameter.name;
  if (parameter.kind === "match") return nameOf(parameter.pattern) ?? nameOf(parameter.value);
  return parameter.kind === "operator" && parameter.operands[0] !== undefined ? nameOf(parameter.operands[0]) : null;
}

function isErrorArm({ role, patterns: [pattern] }: Clause, { form }: Branch): boolean {
  if (role === "rescue" || (role === "else" && form === "with")) return true;
  return form === "case" && pattern?.kind === "tuple" && atomOf(pattern.elements[0]) === "error";
}

function posts({ module, function: name }: Callee): boolean {
  return module === "Req" && /^(post|patch)!?$/.test(name);
}

/** `Req.post(…, retry: :transient)` without a key that makes the tries one. */
function postedIn(definition: Definition): Match<Slots>[] {
  return collect(definition.body, "call").flatMap((call): Match<Slots>[] => {
    if (!posts(call)) return [];
    const last = call.arguments.at(-1);
    const retry = last?.kind === "keyword" ? last.entries.find(({ key }) => key === "retry")?.value : undefined;
    if (atomOf(retry) !== "transient" || isKeyed(definition)) return [];
    const slots: Slots = { inside: spoken(definition.id), fault: "twice", call: `Req.${call.function}` };
    const confidence = changing.test(`${spoken(definition.id)} ${targetOf(call)}`) ? "likely" : "possible";
    return [{ span: call.segment, confidence, slots, evidence: [] }];
  });
}

/** Words for what may not be done twice; many services take questions by POST as well. */
const changing = /charg|pay|creat|send|order|transfer|refund|book|invit|subscri|submit|publish|register|deliver|withdraw|notif/i;

function targetOf({ arguments: [target] }: Call): string {
  return target === undefined
    ? ""
    : collect(target, "literal")
        .map(({ value }) => value)
        .join("");
}

function isKeyed({ clause }: Definition): boolean {
  const { strings, calls } = outlineOfClause(clause);
  return [...strings, ...calls.map(({ function: name }) => name)].some((text) => /idempoten/i.test(text));
}
