import type { Span } from "../../../model/span.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { containedBodies, type Contained } from "../../shared/likeness/contained.js";
import { existingOf, type Existing } from "../../shared/likeness/existing.js";
import { functionCopies } from "../../shared/likeness/function-copies.js";
import type { Repeatable } from "../../shared/likeness/repeatable.js";
import { toldApart } from "../../shared/likeness/told-apart.js";
import { perProject } from "../../shared/per-project.js";
import { spoken } from "../../shared/written.js";

type Slots = { function: string; original: string; path: string; part: "whole" | "part"; others: number };

export const functionExistsAlready = defineRule<Slots>({
  id: "function-exists-already",
  title: "A public function of the project is written out again",
  trigger: "critical_pattern",
  area: "duplication",
  severity: "low",
  cwe: [],
  silencedBy: { credo: ["Credo.Check.Design.DuplicatedCode"] },
  match: (facts, project) => findingsByPath(project).get(facts.path) ?? [],
  what: ({ function: name, original, path, part, others }) => {
    const besides = others === 0 ? "" : others === 1 ? ", and so does one more function" : `, and so do ${others} more functions`;
    return part === "whole"
      ? `\`${name}\` is \`${original}\` of \`${path}\` again, apart from names${besides}.`
      : `These lines of \`${name}\` are the body of \`${original}\` of \`${path}\`, apart from names${besides}.`;
  },
  why: ({ original }) =>
    `\`${original}\` is public and can be called from here; a correction made there does not arrive here, and a reader has to compare both to know that they agree.`,
  instead: ({ function: name, original, part }) =>
    part === "whole"
      ? `Call \`${original}\` and remove \`${name}\`, or let it pass the call on.`
      : `Call \`${original}\` in place of these lines.`,
  notWhen: [
    "The public function is short: fewer than eighteen expressions, or hardly a call among them.",
    "It is between eighteen and thirty, and the copy goes by another name (then it is `possible`).",
    "Texts, numbers, attributes or helpers of their own differ, or what the lines name is used after them.",
    "The original stands in the web layer and the copy does not, or in another application of the umbrella, or is built by another `mix.exs`.",
    "Many modules beside each other offer a public function of its name, a behaviour prescribes it, or a generator wrote it.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/text.ex": `defmodule Shop.Text do
  def split_last(text, separator) do
    case :binary.matches(text, separator) do
      [] ->
        :error

      found ->
        {start, length} = List.last(found)
        <<left::binary-size(start), _::binary-size(length), right::binary>> = text
        {:ok, String.trim(left), String.trim(right)}
    end
  end
end
`,
        "lib/shop/labels.ex": `defmodule Shop.Labels do
  def parts(label), do: split(label, ":")

  defp split(label, mark) do
    case :binary.matches(label, mark) do
      [] ->
        :error

      matches ->
        {start, length} = List.last(matches)
        <<left::binary-size(start), _::binary-size(length), right::binary>> = label
        {:ok, String.trim(left), String.trim(right)}
    end
  end
end
`,
      },
      at: "split",
      good: {
        "lib/shop/text.ex": `defmodule Shop.Text do
  def split_last(text, separator) do
    case :binary.matches(text, separator) do
      [] ->
        :error

      found ->
        {start, length} = List.last(found)
        <<left::binary-size(start), _::binary-size(length), right::binary>> = text
        {:ok, String.trim(left), String.trim(right)}
    end
  end
end
`,
        "lib/shop/labels.ex": `defmodule Shop.Labels do
  def parts(label), do: split(label, ":")

  defp split(label, mark) do
    case :binary.matches(label, mark) do
      [] ->
        :error

      matches ->
        {start, length} = List.first(matches)
        <<left::binary-size(start), _::binary-size(length), right::binary>> = label
        {:ok, String.trim(left), String.trim(right)}
    end
  end
end
`,
      },
    },
    {
      bad: {
        "lib/shop/holders.ex": `defmodule Shop.Holders do
  def percent(contract, from, to) do
    query = percent_query(contract, from, to)

    Shop.Store.transform(query, fn [day, inside, outside] ->
      %{day: DateTime.from_unix!(day), inside: inside, outside: outside, total: inside + outside, share: inside / (inside + outside), from: from, to: to}
    end)
  end

  def percent(contract, names, from, to) do
    if names == [] do
      query = percent_query(contract, from, to)

      Shop.Store.transform(query, fn [day, inside, outside] ->
        %{day: DateTime.from_unix!(day), inside: inside, outside: outside, total: inside + outside, share: inside / (inside + outside), from: from, to: to}
      end)
    else
      Shop.Store.named(contract, names, from, to)
    end
  end

  defp percent_query(contract, from, to), do: {contract, from, to}
end
`,
      },
      at: `query = percent_query(contract, from, to)

      Shop.Store.transform(query, fn [day, inside, outside] ->
        %{day: DateTime.from_unix!(day), inside: inside, outside: outside, total: inside + outside, share: inside / (inside + outside), from: from, to: to}
      end)`,
      good: {
        "lib/shop/holders.ex": `defmodule Shop.Holders do
  def percent(contract, from, to) do
    query = percent_query(contract, from, to)

    Shop.Store.transform(query, fn [day, inside, outside] ->
      %{day: DateTime.from_unix!(day), inside: inside, outside: outside, total: inside + outside, share: inside / (inside + outside), from: from, to: to}
    end)
  end

  def percent(contract, names, from, to) do
    if names == [] do
      query = percent_query(contract, from, to)

      found =
        Shop.Store.transform(query, fn [day, inside, outside] ->
          %{day: DateTime.from_unix!(day), inside: inside, outside: outside, total: inside + outside, share: inside / (inside + outside), from: from, to: to}
        end)

      {query, found}
    else
      Shop.Store.named(contract, names, from, to)
    end
  end

  defp percent_query(contract, from, to), do: {contract, from, to}
end
`,
      },
    },
  ],
});

/** From here on a copy is told of whatever it is called. */
const considerable = 30;

interface Again {
  readonly original: Repeatable;
  readonly copies: readonly { readonly copy: Repeatable; readonly span: Span; readonly whole: boolean }[];
  readonly size: number;
}

const findingsByPath = perProject((project) => {
  const copied = functionCopies(project).flatMap((copies) => {
    const existing = existingOf(copies);
    return existing === null ? [] : [again(existing, copies.size)];
  });
  const byPath = new Map<string, Match<Slots>[]>();
  for (const found of [...copied, ...grouped(containedBodies(project))]) {
    const path = found.copies[0]?.copy.entry.path ?? "";
    byPath.set(path, [...(byPath.get(path) ?? []), ...matchOf(found)]);
  }
  return byPath;
});

function again({ original, copies }: Existing, size: number): Again {
  return { original, size, copies: copies.map((copy) => ({ copy, span: copy.entry.facts.nameSpan, whole: true })) };
}

/** The places of one body together; of two public functions that are each other's body, the one that is there first is the original. */
function grouped(places: readonly Contained[]): Again[] {
  const byOriginal = new Map<string, Again>();
  for (const { inside, original, span, whole, size } of places) {
    const mutual = whole && places.some((other) => other.inside === original && other.original === inside);
    if (mutual && original.entry.id > inside.entry.id) continue;
    const copy = { copy: inside, span: whole ? inside.entry.facts.nameSpan : span, whole };
    const earlier = byOriginal.get(original.entry.id)?.copies ?? [];
    byOriginal.set(original.entry.id, { original, size, copies: [...earlier, copy] });
  }
  return [...byOriginal.values()];
}

function matchOf({ original, copies, size }: Again): Match<Slots>[] {
  const [first, ...others] = copies;
  if (first === undefined) return [];
  const [name, originalName] = toldApart([first.copy.entry.id, original.entry.id]);
  const sameName = first.copy.entry.facts.name === original.entry.facts.name;
  return [
    {
      span: first.span,
      confidence: size >= considerable || (sameName && first.whole) ? "likely" : "possible",
      slots: {
        function: name ?? "",
        original: originalName ?? "",
        path: original.entry.path,
        part: first.whole ? "whole" : "part",
        others: others.length,
      },
      evidence: [
        { at: { path: original.entry.path, span: original.entry.facts.nameSpan }, note: `${spoken(original.entry.id)} is public` },
        ...others.map(({ copy, span }): Clue => ({ at: { path: copy.entry.path, span }, note: `${spoken(copy.entry.id)} repeats it too` })),
      ],
    },
  ];
}
