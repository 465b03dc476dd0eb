import type { Expression } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import type { Span } from "../../../model/span.js";
import { collect, walk } from "../../../model/walk.js";
import { atomOf, stringOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { among, definitionsNamed, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { worker: string; key: string; how: "pattern" | "read" | "value" };

const performing = among(
  definitionsNamed((name) => name === "perform"),
  isPerform,
);

export const jobReadsAtomKeys = defineRule<Slots>({
  id: "job-reads-atom-keys",
  title: "A job looks for its arguments under atoms",
  trigger: "critical_pattern",
  area: "async",
  severity: "high",
  cwe: ["CWE-628"],
  silencedBy: {},
  fix: "read-string-keys",
  where: performing,
  match(facts, project) {
    return selectedIn(performing, facts, project).flatMap(matchOf);
  },
  what: ({ worker, key, how }) =>
    how === "pattern"
      ? `\`${worker}\` matches its arguments on the atom \`${key}:\`, and a job's arguments have strings for keys.`
      : how === "value"
        ? `\`${worker}\` waits for the atom in the argument \`${key}\`, and a job's arguments hold no atoms.`
        : `\`${worker}\` reads the argument \`${key}\` by an atom, and a job's arguments have strings for keys.`,
  why: ({ how }) =>
    `Oban stores arguments as JSON: what was inserted with \`%{id: 1}\` comes back as \`%{"id" => 1}\`, an atom given as a value as its text, so that ${how !== "read" ? "this clause never matches and each attempt raises until the job is discarded" : "this raises, or finds nothing"}. A test that calls \`perform/1\` by hand with atoms passes all the same.`,
  instead: ({ key, how }) =>
    how === "value"
      ? `Match the text of the atom in \`"${key}"\`, or turn it into the atom after the match.`
      : `Use the string: \`%Oban.Job{args: %{"${key}" => value}}\`. Test it with \`perform_job/2\`, which goes through JSON.`,
  notWhen: [
    "The arguments have a schema (`args_schema` of Oban Pro), or are turned into atoms first.",
    "The key belongs to the job itself (`attempt`, `meta`), not to its arguments.",
    "Another clause takes the same arguments with strings.",
  ],
  examples: [
    {
      bad: `defmodule Shop.ReceiptWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{order_id: id}}), do: Shop.Receipts.send(id)
end
`,
      at: "%{order_id: id}",
      good: `defmodule Shop.ReceiptWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"order_id" => id}, attempt: attempt}), do: Shop.Receipts.send(id, attempt)
end
`,
    },
    {
      bad: `defmodule Shop.ReceiptWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: args}), do: Shop.Receipts.send(args.order_id)
end
`,
      at: "args.order_id",
      good: `defmodule Shop.ReceiptWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: args}), do: Shop.Receipts.send(args["order_id"])
end
`,
    },
    {
      bad: `defmodule Shop.MailWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"kind" => :welcome, "id" => id}}), do: Shop.Mails.welcome(id)
end
`,
      at: ":welcome",
      good: `defmodule Shop.MailWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"kind" => "welcome", "id" => id}}), do: Shop.Mails.welcome(id)
end
`,
    },
  ],
});

function isPerform({ function: { module, facts } }: Definition, project: Project): boolean {
  const known = project.modules.get(module);
  if (facts.name !== "perform" || facts.arity !== 1 || known?.role !== "worker") return false;
  if (![...known.uses].some((used) => used === "Oban.Worker" || used === "Oban.Pro.Worker")) return false;
  // A schema of arguments, or a hook of the project's own around every worker, may turn keys into atoms.
  const own = known.facts.uses.some(({ module: used }) => used !== "Oban.Worker" && /worker|job/i.test(used));
  return !own && !known.facts.body.some((call) => call.function === "args_schema");
}

function matchOf(definition: Definition): Match<Slots>[] {
  const job = definition.clause.parameters[0];
  const args = job === undefined ? null : argumentsOf(job);
  if (args === null) return [];
  const found = patternKey(args) ?? patternValue(args) ?? readKey(args, definition);
  if (found === null || (found.how === "pattern" && acceptsStrings(definition))) return [];
  const slots = { worker: spoken(definition.id), key: found.key, how: found.how };
  return [{ span: found.span, confidence: "certain", slots, evidence: [] }];
}

/** What stands for the arguments in `%Oban.Job{args: …}`, or in `%{args: …}`. */
function argumentsOf(job: Expression): Expression | null {
  const struct = collect(job, "map").find(
    ({ struct: name, entries }) => name === "Oban.Job" || entries.some(({ key }) => atomOf(key) === "args"),
  );
  return struct?.entries.find(({ key }) => atomOf(key) === "args")?.value ?? null;
}

interface Found {
  readonly key: string;
  readonly how: Slots["how"];
  readonly span: Span;
}

function patternKey(args: Expression): Found | null {
  const map = args.kind === "match" ? [args.pattern, args.value].find((side) => side.kind === "map") : args;
  if (map?.kind !== "map" || map.struct !== null) return null;
  const key = map.entries.map((entry) => atomOf(entry.key)).find((name) => name !== null);
  return key === undefined || key === null ? null : { key, how: "pattern", span: map.span };
}

/** `%{"kind" => :welcome}`. */
function patternValue(args: Expression): Found | null {
  const map = args.kind === "match" ? [args.pattern, args.value].find((side) => side.kind === "map") : args;
  if (map?.kind !== "map" || map.struct !== null) return null;
  const entry = map.entries.find(({ key, value }) => stringOf(key) !== null && atomOf(value) !== null);
  return entry === undefined ? null : { key: stringOf(entry.key) ?? "", how: "value", span: entry.value.span };
}

/** `args.order_id`, `args[:order_id]` on the arguments as they came. */
function readKey(args: Expression, { body, clause }: Definition): Found | null {
  const held =
    args.kind === "variable"
      ? args
      : args.kind === "match"
        ? [args.pattern, args.value].find((side) => side.kind === "variable")
        : undefined;
  if (
    held?.kind !== "variable" ||
    outlineOfClause(clause).calls.some(({ function: name }) => /atom|cast|embed|struct|load|normali[sz]e|parse/.test(name))
  )
    return null;
  const rebound = collect(body, "match").some(({ pattern }) => collect(pattern, "variable").some(({ name }) => name === held.name));
  let found: Found | null = null;
  walk(rebound ? { kind: "block", expressions: [], span: body.span } : body, (part) => {
    if (part.kind !== "access" || part.subject.kind !== "variable" || part.subject.name !== held.name) return found === null;
    const key = part.field ?? atomOf(part.key);
    if (key !== null) found ??= { key, how: "read", span: part.span };
    return found === null;
  });
  return found;
}

/** A clause for atoms beside one for strings serves callers that run the worker by hand. */
function acceptsStrings({ function: { facts } }: Definition): boolean {
  return facts.clauses.some(({ parameters: [job] }) => {
    const args = job === undefined ? null : argumentsOf(job);
    return (
      args?.kind === "variable" || (args?.kind === "map" && args.entries.some(({ key }) => key.kind === "literal" && key.type === "string"))
    );
  });
}
