import type { Call, Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf, optionOf } from "../../../project/values.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { servingDefinitionsCalling, type Callee } from "../../shared/calling.js";
import type { Definition } from "../../shared/definitions.js";
import { originOf, type Origin } from "../../shared/origin.js";
import { requestPath } from "../../shared/requests.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { call: string; value: string; origin: Origin; request: string; keys: "yes" | "no" };

export const atomFromInput = defineRule<Slots>({
  id: "atom-from-input",
  title: "Atoms are made from what a client sends",
  trigger: "critical_pattern",
  area: "security",
  severity: "high",
  cwe: ["CWE-400", "CWE-770"],
  silencedBy: { credo: ["Credo.Check.Warning.UnsafeToAtom"], sobelow: ["DOS.StringToAtom", "DOS.BinToAtom", "DOS.ListToAtom"] },
  match(facts, project) {
    return servingDefinitionsCalling(facts, project, makesAtoms).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ call, value, keys }) =>
    keys === "yes" ? `\`${call}\` makes an atom of every key in ${value}.` : `\`${call}\` makes an atom of whatever ${value} holds.`,
  why: ({ origin, request }) => {
    const way = request === "" ? "" : ` (\`${request}\` leads here)`;
    const stem = origin === "request" ? `It comes from the request${way}` : `Nothing seen between a request${way} and here limits it`;
    return `${stem}: atoms are never freed, and after about a million different ones the whole node stops.`;
  },
  instead: ({ keys }) =>
    keys === "yes"
      ? "Keep the keys as strings, or use `keys: :atoms!`, which takes only atoms that exist already."
      : "Look the text up in a list or map of the values that are allowed, or use `String.to_existing_atom/1` and answer its error.",
  notWhen: [
    "The value is written in the source, or stems from a list of literals.",
    "A guard, a membership test or a check has looked at the value first.",
    "It runs while compiling (macros, module bodies), in configuration, tests, mix tasks, migrations.",
    "The value's origin cannot be followed to a request (then it is `possible` where a request leads to the code).",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.ProductController do
  use Phoenix.Controller

  def index(conn, %{"sort" => sort}) do
    json(conn, Shop.Products.sorted_by(String.to_atom(sort)))
  end
end
`,
      at: "String.to_atom(sort)",
      good: `defmodule ShopWeb.ProductController do
  use Phoenix.Controller

  def index(conn, %{"sort" => sort}) when sort in ["name", "price"] do
    json(conn, Shop.Products.sorted_by(String.to_atom(sort)))
  end
end
`,
    },
  ],
});

const makers: Readonly<Record<string, ReadonlySet<string>>> = {
  String: new Set(["to_atom"]),
  List: new Set(["to_atom"]),
  ":erlang": new Set(["binary_to_atom", "list_to_atom"]),
  Jason: new Set(["decode", "decode!"]),
  Poison: new Set(["decode", "decode!", "Parser.parse!"]),
};

function makesAtoms({ module, function: name }: Callee): boolean {
  return module !== null && (makers[module]?.has(name) ?? false);
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const [value] = call.arguments;
  if (!makesAtoms(call) || value === undefined) return [];
  const keys = call.function.startsWith("decode");
  if (keys && !keepsKeysAsAtoms(call.arguments[1])) return [];
  const origin = originOf(value, definition, project);
  const path = requestPath(project, definition.id);
  if (origin === "fixed" || (origin === "unknown" && (path === null || keys))) return [];
  const [entry] = path ?? [];
  const evidence: Clue[] = (path ?? []).slice(0, -1).flatMap((id) => {
    const step = project.functions.get(id);
    return step === undefined
      ? []
      : [{ at: { path: step.path, span: step.facts.nameSpan }, note: `${spoken(id)} is on the way from the request` }];
  });
  const request = entry === undefined || entry === definition.id ? "" : spoken(entry);
  const name = `${call.module ?? ""}.${call.function}`;
  const slots = {
    call: `${name}(${keys ? "…" : written(value)})`,
    origin,
    value: quotedValue(value),
    request,
    keys: keys ? "yes" : "no",
  } as const;
  return [{ span: call.segment, confidence: origin === "request" ? "likely" : "possible", slots, evidence }];
}

function quotedValue(value: Expression): string {
  const text = written(value);
  return text === "…" ? "the value" : `\`${text}\``;
}

function keepsKeysAsAtoms(options: Expression | undefined): boolean {
  return atomOf(optionOf(options ?? null, "keys")) === "atoms";
}
