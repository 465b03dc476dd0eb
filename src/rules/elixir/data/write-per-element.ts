import type { Confidence } from "../../../model/finding.js";
import type { Effect, Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect, walk } from "../../../model/walk.js";
import { traceEffect } from "../../../project/effects-of.js";
import { defineRule, type Match } from "../../define.js";
import { goesThroughCache } from "../../shared/conditional.js";
import type { Definition } from "../../shared/definitions.js";
import { bindInside, elementWork, loopedOver, loopName, type ElementSite, type ElementWork } from "../../shared/elements.js";
import { isAdding, multiPerElement, type MultiPerElement } from "../../shared/multi-per-element.js";
import { requestPath } from "../../shared/requests.js";
import { anyOf, definitionsCalling, definitionsWith, selectedIn } from "../../shared/selections.js";
import { quoted, spoken, written } from "../../shared/written.js";

type Slots = { call: string; write: string; loop: string; over: string; bulk: string; request: string };

const perElementWork: readonly Effect[] = ["http", "mail", "command", "process_start", "process_call", "sleep", "file", "transaction"];

const writing = anyOf(definitionsWith("write"), definitionsCalling(isAdding));

export const writePerElement = defineRule<Slots>({
  id: "write-per-element",
  title: "Rows are written one by one in a loop",
  trigger: "database_query_in_loop",
  area: "data",
  severity: "medium",
  cwe: ["CWE-1073"],
  silencedBy: {},
  fix: "write-all-at-once",
  where: writing,
  match(facts, project) {
    return selectedIn(writing, facts, project).flatMap((definition) => [
      ...elementWork(definition, project, "write").flatMap((work) => matchOf(work, definition, project)),
      ...multiPerElement(definition, project).map((found) => multiMatch(found, definition)),
    ]);
  },
  what: ({ call, write, loop, over }) =>
    write.startsWith("Multi.")
      ? `\`${write}\` adds a statement of its own for every element of ${quoted(over)} in this \`${loop}\`.`
      : call === write
        ? `\`${write}\` runs once for every element of ${quoted(over)} in this \`${loop}\`.`
        : `\`${call}\` runs \`${write}\`, and this \`${loop}\` calls it once for every element of ${quoted(over)}.`,
  why: ({ over, request }) =>
    `Every element of ${quoted(over)} costs a statement and a round trip of its own, and a failure half way leaves the first part written${
      request === "" ? "." : `, while \`${request}\` waits for all of them.`
    }`,
  instead: ({ bulk, over }) => `Write all of ${quoted(over)} with ${bulk}.`,
  notWhen: [
    "The loop runs over a few values written in the source, or over batches made by `chunk_every`.",
    "Each element also needs an HTTP call, a mail, a file, a process or a transaction of its own.",
    "The outcome of each write is told apart (`case Repo.insert(…)`): a bulk write could not do that (then it is `possible`).",
    "The write lies more than one call away from the loop.",
    "Statements are added to an `Ecto.Multi` for rows that the caller brings: they are validated one by one on purpose (then it is `possible`).",
    "The code is a test, a seed, a migration, a mix task or a release task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Tags do
  alias Shop.Repo
  alias Shop.Tags.Tag

  def add_all(names) do
    Enum.each(names, fn name -> Repo.insert!(%Tag{name: name}) end)
  end
end
`,
      at: "Repo.insert!(%Tag{name: name})",
      good: `defmodule Shop.Tags do
  alias Shop.Repo
  alias Shop.Tags.Tag

  def add_all(names) do
    rows = Enum.map(names, fn name -> %{name: name} end)
    Repo.insert_all(Tag, rows)
  end
end
`,
    },
    {
      bad: `defmodule Shop.Cart do
  alias Shop.Repo

  def clear(lines) do
    for line <- lines, do: remove(line)
  end

  defp remove(line), do: Repo.delete!(line)
end
`,
      at: "remove(line)",
      good: `defmodule Shop.Cart do
  import Ecto.Query
  alias Shop.Repo
  alias Shop.Cart.Line

  def clear(lines) do
    ids = for line <- lines, do: line.id
    remove(ids)
  end

  defp remove(ids), do: Repo.delete_all(from line in Line, where: line.id in ^ids)
end
`,
    },
  ],
});

function matchOf(work: ElementWork, definition: Definition, project: Project): Match<Slots>[] {
  const { over, sites } = work;
  if (work.form === "rendered" || work.form === "field") return [];
  const writes = sites.filter((site) => site.effect === "write");
  const direct = writes.find((site) => site.callee === null);
  const site = direct ?? writes.find((candidate) => traceEffect(project, candidate.callee ?? "", "write").length === 1);
  if (site === undefined) return [];
  const steps = site.callee === null ? [] : traceEffect(project, site.callee, "write");
  const write = spoken(steps.at(-1)?.call ?? site.call);
  const path = requestPath(project, definition.id);
  return [
    {
      span: site.span,
      confidence: work.mayEndEarly ? "possible" : confidenceIn(site, sites, definition, goesThroughCache(project, steps)),
      severity: path !== null && isBulkWrite(site, work) ? "high" : "medium",
      slots: {
        call: spoken(site.call),
        write,
        loop: work.how,
        over,
        bulk: bulkFor(write),
        request: path === null ? "" : spoken(path[0] ?? ""),
      },
      evidence: [
        work.clue,
        ...steps.map((step) => ({ at: step.at, note: `${spoken(step.caller)} calls ${spoken(step.call)}` })),
        ...sites
          .filter((other) => other !== site && (other.effect === "query" || other.effect === "write"))
          .map((other) => ({ at: other, note: `${spoken(other.call)} goes to the database once per element as well` })),
      ],
    },
  ];
}

function multiMatch({ call, loop, plain }: MultiPerElement, { function: { path } }: Definition): Match<Slots> {
  const over = written(loopedOver(loop));
  const write = spoken(`Ecto.Multi.${call.function}/${String(call.arguments.length)}`);
  return {
    span: call.segment,
    confidence: plain ? "likely" : "possible",
    slots: { call: write, write, loop: loopName(loop), over, bulk: bulkFor(write), request: "" },
    evidence: [{ at: { path, span: loop.nameSpan }, note: `runs once per element of ${over}` }],
  };
}

/** The bulk form does the same without more thought: not where a function does more than write, nor where each row gets another value. */
function isBulkWrite({ callee, expression }: ElementSite, { loop }: ElementWork): boolean {
  if (callee !== null || loop === null) return false;
  if (!/^update!?$/.test(expression.function)) return true;
  const [change] = expression.kind === "call" ? expression.arguments : [];
  if (change?.kind !== "call") return false;
  const [, ...values] = change.arguments;
  const own = new Set(loop.patterns.flatMap((pattern) => collect(pattern, "variable").map(({ name }) => name)));
  bindInside(loop.body, own);
  return values.length > 0 && values.every((value) => collect(value, "variable").every(({ name }) => !own.has(name)));
}

function confidenceIn(site: ElementSite, sites: readonly ElementSite[], definition: Definition, cached: boolean): Confidence {
  const onPurpose = cached || sites.some((other) => perElementWork.includes(other.effect));
  if (onPurpose || isToldApart(site, definition)) return "possible";
  return site.callee === null ? "certain" : "likely";
}

/** The write is the subject of a `case` or a step of a `with`: its outcome is looked at row by row. */
function isToldApart(site: ElementSite, definition: Definition): boolean {
  let found = false;
  walk(definition.body, (expression) => {
    if (!contains(expression.span, site.span)) return false;
    if (expression.kind === "branch") {
      const looked = [expression.subject, ...expression.steps.map((step) => step.value)];
      if (looked.some((part) => part !== null && contains(part.span, site.span))) found = true;
    }
    return;
  });
  return found;
}

function bulkFor(write: string): string {
  if (write.startsWith("Multi.")) return bulkInMulti(write);
  if (/\.delete/.test(write)) return "one `Repo.delete_all` over their ids (`where: row.id in ^ids`)";
  if (/\.update/.test(write))
    return "one `Repo.update_all` where they get the same values, else one `Repo.insert_all` with `on_conflict: {:replace, fields}`";
  return "one `Repo.insert_all` (in chunks when the list can be long; it takes plain maps, so set timestamps and validate first)";
}

function bulkInMulti(write: string): string {
  if (write.includes("delete")) return "one `Multi.delete_all` over their ids (`where: row.id in ^ids`)";
  if (write.includes("insert")) return "one `Multi.insert_all`, which takes the rows as plain maps with their timestamps";
  return "one `Multi.update_all` over their ids where they get the same values";
}
