import type { Project } from "../../../model/project.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { togetherByFiles, weightOf } from "../../shared/likeness/copied-together.js";
import { patternOf } from "../../shared/likeness/doing.js";
import { existingOf } from "../../shared/likeness/existing.js";
import { functionCopies, type Copies } from "../../shared/likeness/function-copies.js";
import { homeFor } from "../../shared/likeness/home.js";
import { linesOfFunction } from "../../shared/likeness/lines.js";
import { toldApart } from "../../shared/likeness/told-apart.js";
import { perProject } from "../../shared/per-project.js";
import { spoken } from "../../shared/written.js";

type Slots = {
  function: string;
  copies: readonly string[];
  more: number;
  lines: number;
  differences: readonly string[];
  home: string;
  inOneModule: "yes" | "no";
};

export const functionCopied = defineRule<Slots>({
  id: "function-copied",
  title: "A function is there more than once",
  trigger: "critical_pattern",
  area: "duplication",
  severity: "low",
  cwe: [],
  silencedBy: { credo: ["Credo.Check.Design.DuplicatedCode"] },
  match: (facts, project) => copiesByPath(project).get(facts.path) ?? [],
  what: ({ function: name, copies, more, differences }) => {
    const again = copies.map((copy) => `\`${copy}\``).join(", ");
    const but = differences.length === 0 ? "" : `, but for what differs (${differences.join(", ")})`;
    const besides =
      more === 0
        ? ""
        : more === 1
          ? "; one more function stands in the same files twice"
          : `; ${more} more functions stand in the same files twice`;
    return `\`${name}\` does what ${again} ${copies.length === 1 ? "does" : "do"}, word for word apart from names${but}${besides}.`;
  },
  why: ({ lines, copies }) =>
    `In ${lines} lines is said what is said already: whoever corrects one of them has to know of the other${copies.length === 1 ? "" : "s"}, and nothing tells them.`,
  instead: ({ function: name, differences, home, inOneModule }) => {
    const given = differences.length === 0 ? "" : `, given what differs (${differences.join(", ")}) as an argument`;
    const place = inOneModule === "yes" ? "Keep one of them" : `Keep one as a public function of ${home}`;
    return `${place}${given}, and call it where the copies of \`${name}\` stand.`;
  },
  notWhen: [
    "It is short or only lists values: fewer than thirty expressions, or hardly a call among them.",
    "A behaviour or `@impl` prescribes it, or many modules beside each other offer a public function of its name.",
    "It stands in a test, script, migration, mix task, description of an interface, or in files that Phoenix generates.",
    "The copies call helpers of their own that differ, or differ in more than two texts or numbers.",
    "They belong to different builds (another `mix.exs`), which cannot call each other.",
    "Two copies are short and named apart, or differ in a value and are not long (then it is `possible`).",
    "They stand in versions of one module (`V2`, `V3`) or in one part of several services (`Okta.Sync`, `Entra.Sync`), which change one by one (then it is `possible`).",
  ],
  examples: [
    {
      bad: {
        "lib/shop/meili.ex": `defmodule Shop.Meili do
  defp validate(%{url: url} = sink) do
    uri = URI.parse(url)

    cond do
      uri.scheme not in ["http", "https"] -> {:error, "must be http or https"}
      uri.host in [nil, ""] -> {:error, "must have a host"}
      uri.query != nil -> {:error, "must not have a query"}
      true -> {:ok, %{sink | url: URI.to_string(uri)}}
    end
  end

  def save(sink), do: validate(sink)
end
`,
        "lib/shop/typesense.ex": `defmodule Shop.Typesense do
  def save(sink), do: validate(sink)

  defp validate(%{url: address} = sink) do
    parsed = URI.parse(address)

    cond do
      parsed.scheme not in ["http", "https"] -> {:error, "must be http or https"}
      parsed.host in [nil, ""] -> {:error, "must have a host"}
      parsed.query != nil -> {:error, "must not have a query"}
      true -> {:ok, %{sink | url: URI.to_string(parsed)}}
    end
  end
end
`,
      },
      at: "validate",
      good: {
        "lib/shop/meili.ex": `defmodule Shop.Meili do
  defp validate(%{url: url} = sink) do
    uri = URI.parse(url)

    cond do
      uri.scheme not in ["http", "https"] -> {:error, "must be http or https"}
      uri.host in [nil, ""] -> {:error, "must have a host"}
      uri.query != nil -> {:error, "must not have a query"}
      true -> {:ok, %{sink | url: URI.to_string(uri)}}
    end
  end

  def save(sink), do: validate(sink)
end
`,
        "lib/shop/typesense.ex": `defmodule Shop.Typesense do
  def save(sink), do: validate(sink)

  defp validate(%{url: address} = sink) do
    parsed = URI.parse(address)

    cond do
      parsed.scheme not in ["http", "https"] -> {:error, "must be http or https"}
      parsed.host in [nil, ""] -> {:error, "must have a host"}
      parsed.port != 8108 -> {:error, "must be Typesense's port"}
      true -> {:ok, %{sink | url: URI.to_string(parsed)}}
    end
  end
end
`,
      },
    },
  ],
});

/** Shorter functions are written anew sooner than they are looked for. */
const fewestExpressions = 30;
/** Copies that save fewer expressions are worth a look, no more: the same name, or differences, say how likely one was made from the other. */
const worthwhile = { named: 30, otherwise: 45, different: 90 };
/** Lines saved before it is more than untidy. */
const considerable = 60;
const shownCopies = 3;
const mostClues = 12;

const copiesByPath = perProject((project) => {
  const byPath = new Map<string, Match<Slots>[]>();
  const apart = functionCopies(project).filter((copies) => copies.size >= fewestExpressions && existingOf(copies) === null);
  for (const [first, ...others] of togetherByFiles(apart)) {
    if (first === undefined) continue;
    const path = first.members[0]?.entry.path ?? "";
    byPath.set(path, [...(byPath.get(path) ?? []), ...matchOf(first, others, project)]);
  }
  return byPath;
});

function matchOf(first: Copies, others: readonly Copies[], project: Project): Match<Slots>[] {
  const [shown, ...copies] = first.members;
  if (shown === undefined) return [];
  const lines = [first, ...others].reduce((sum, found) => sum + linesSaved(found, project), 0);
  const modules = [...new Set(first.members.map(({ module }) => module.name))];
  const [name, ...names] = toldApart(first.members.map(({ entry }) => entry.id));
  return [
    {
      span: shown.entry.facts.nameSpan,
      confidence: [first, ...others].some(isWorthwhile) ? "likely" : "possible",
      severity: lines >= considerable ? "medium" : "low",
      slots: {
        function: name ?? "",
        copies: names.slice(0, shownCopies),
        more: others.length,
        lines,
        differences: [...new Set(first.differences.flat())].map((value) => `\`${value}\``),
        home: homeFor(modules, first.code.canonical === null ? "none" : patternOf(first.code.canonical)),
        inOneModule: modules.length === 1 ? "yes" : "no",
      },
      evidence: [
        ...cluesOf(copies, "the same again"),
        ...others.flatMap((found) => cluesOf(found.members, "stands in these files more than once as well")),
      ].slice(0, mostClues),
    },
  ];
}

function isWorthwhile(found: Copies): boolean {
  const { members, differences } = found;
  if (areSiblings(members.map(({ module }) => module.name))) return false;
  if (differences.length > 0) return weightOf(found) >= worthwhile.different;
  const names = new Set(members.map(({ entry }) => entry.facts.name));
  return weightOf(found) >= (names.size < members.length ? worthwhile.named : worthwhile.otherwise);
}

/** Versions of one format (`V2`, `V3`), or one part of several services (`Entra.Sync`, `Okta.Sync`): kept apart on purpose, to change one by one. */
function areSiblings(modules: readonly string[]): boolean {
  const [first = "", ...others] = [...new Set(modules)];
  const isSibling = (other: string): boolean => {
    const [own, its] = [first.split("."), other.split(".")];
    if (first.replace(/\d+/g, "") === other.replace(/\d+/g, "")) return true;
    return own.length === its.length && own.at(-1) === its.at(-1) && own.filter((part, index) => part !== its[index]).length === 1;
  };
  return others.length > 0 && others.every(isSibling);
}

function cluesOf(members: Copies["members"], note: string): Clue[] {
  return members.map(({ entry }) => ({ at: { path: entry.path, span: entry.facts.nameSpan }, note: `${spoken(entry.id)}: ${note}` }));
}

function linesSaved({ members }: Copies, project: Project): number {
  return members.slice(1).reduce((sum, { entry }) => sum + linesOfFunction(entry, project), 0);
}
