import type { Call } from "../../../model/expression.js";
import type { DirectEffect, Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { booleanOf, optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsOf, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { call: string; repository: string; kind: "function" | "statement"; statement: string };

const replicaText =
  "defmodule Shop.Repo.Replica do\n  use Ecto.Repo, otp_app: :shop, adapter: Ecto.Adapters.Postgres, read_only: true\nend\n";
const repositoryText = "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop, adapter: Ecto.Adapters.Postgres\nend\n";

const asking = definitionsOf(({ directEffects }) => directEffects.keys());

export const writeOnReplica = defineRule<Slots>({
  id: "write-on-replica",
  title: "A write goes to a repository that only reads",
  trigger: "critical_pattern",
  area: "data",
  severity: "high",
  cwe: ["CWE-755"],
  silencedBy: {},
  fix: "write-to-primary",
  where: asking,
  match: (facts, project) => selectedIn(asking, facts, project).flatMap((definition) => matchesIn(definition, project)),
  what: ({ call, repository, kind, statement }) =>
    kind === "function"
      ? `\`${call}\` writes, and \`${repository}\` is a repository with \`read_only: true\`.`
      : `\`${call}\` runs \`${statement}\`, and \`${repository}\` is a repository with \`read_only: true\`.`,
  why: ({ kind }) =>
    kind === "function"
      ? "Ecto does not define the functions that write for such a repository: the call raises `UndefinedFunctionError` each time it is reached."
      : "Such a repository stands for a replica or a user without rights to write: the database refuses the statement each time, and where it does not, the change is lost with the next copy from the primary.",
  instead: () => "Write through the repository of the primary database; keep the read-only one for queries that may lag behind it.",
  notWhen: [
    "The repository does not say `read_only: true` as a literal: what it is called proves nothing.",
    "The repository defines the function itself.",
    "A raw statement does not begin with a word that writes, or its text is not written there.",
    "The code is a test, a seed, a migration, a mix task or a release task.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/repo.ex": repositoryText,
        "lib/shop/replica.ex": replicaText,
        "lib/shop/visits.ex": "defmodule Shop.Visits do\n  alias Shop.Repo.Replica\n\n  def store(visit), do: Replica.insert(visit)\nend\n",
      },
      at: "Replica.insert(visit)",
      good: {
        "lib/shop/repo.ex": repositoryText,
        "lib/shop/replica.ex": replicaText,
        "lib/shop/visits.ex":
          "defmodule Shop.Visits do\n  alias Shop.Repo\n  alias Shop.Repo.Replica\n\n  def store(visit), do: Repo.insert(visit)\n  def all(query), do: Replica.all(query)\nend\n",
      },
    },
    {
      bad: {
        "lib/shop/replica.ex": replicaText,
        "lib/shop/visits.ex":
          'defmodule Shop.Visits do\n  def forget(day), do: Shop.Repo.Replica.query!("DELETE FROM visits WHERE day < $1", [day])\nend\n',
      },
      at: 'Shop.Repo.Replica.query!("DELETE FROM visits WHERE day < $1", [day])',
      good: {
        "lib/shop/replica.ex": replicaText,
        "lib/shop/visits.ex":
          'defmodule Shop.Visits do\n  def before(day), do: Shop.Repo.Replica.query!("SELECT * FROM visits WHERE day < $1", [day])\nend\n',
      },
    },
  ],
});

const writingWord = /^\s*(insert\s+into|update|delete\s+from|truncate|create|alter|drop)\b/i;
const raw = /^query(_many)?!?$/;

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const { id, function: entry, clause } = definition;
  const sites = (project.directEffects.get(id) ?? []).filter(({ span }) => contains(clause.span, span));
  return sites.flatMap((site): Match<Slots>[] => {
    const repository = repositoryOf(site);
    const declared = readOnlyAt(repository, project);
    if (declared === null) return [];
    const statement = site.effect === "query" ? statementAt(site, definition) : "";
    if (statement === null || (site.effect !== "write" && statement === "")) return [];
    const evidence = [{ at: declared, note: `${spoken(repository)} is declared with read_only: true` }];
    const kind = site.effect === "write" ? ("function" as const) : ("statement" as const);
    const slots = { call: spoken(site.call), repository: spoken(repository), kind, statement };
    return entry.path === site.path ? [{ span: site.span, confidence: "certain", slots, evidence }] : [];
  });
}

function repositoryOf({ call }: DirectEffect): string {
  return call.slice(0, Math.max(0, call.lastIndexOf(".")));
}

/** Where a module is declared a repository that only reads; null for every other module. */
function readOnlyAt(repository: string, project: Project): Match["evidence"][number]["at"] | null {
  const module = project.modules.get(repository);
  const use = module?.facts.uses.find((reference) => reference.module === "Ecto.Repo");
  if (module === undefined || use?.options === null || use === undefined) return null;
  return booleanOf(optionOf(use.options, "read_only")) === true ? { path: module.path, span: use.span } : null;
}

/** The first words of a statement that writes; null when the call runs none that is written there. */
function statementAt({ span }: DirectEffect, { body }: Definition): string | null {
  const call = collect(body, "call").find(({ segment }: Call) => segment.start === span.start && segment.end === span.end);
  const text = call !== undefined && raw.test(call.function) ? call.arguments[0] : undefined;
  const first = text?.kind === "interpolation" ? text.parts[0] : text;
  if (first?.kind !== "literal" || first.type !== "string") return null;
  return writingWord.exec(first.value)?.[0].trim().replaceAll(/\s+/g, " ").toUpperCase() ?? null;
}
