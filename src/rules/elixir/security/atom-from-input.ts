import type { Call, Expression, Interpolation } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { roleOf } from "../../../project/role-of.js";
import { atomOf, optionOf } from "../../../project/values.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { originOf } from "../../shared/origin.js";
import { requestPath } from "../../shared/requests.js";
import { runsUsersCode } from "../../shared/runs-users-code.js";
import { allDefinitions, among, anyOf, definitionsCalling, selectedIn } from "../../shared/selections.js";
import { sentTo } from "../../shared/sent.js";
import { boundBefore } from "../../shared/value-sources.js";
import { spoken, written } from "../../shared/written.js";

/** `fresh`: made anew at each call, so that no two are alike. */
type Source = "request" | "unknown" | "fresh";
type Slots = { call: string; value: string; origin: Source; request: string; keys: "yes" | "no" };

const answering: ReadonlySet<string | null> = new Set(["controller", "live_view", "live_component", "channel", "resolver"]);

const making = definitionsCalling(makesAtoms);
/** Code of the modules that take requests. */
const composing = among(
  allDefinitions,
  ({ clause, function: { module } }, project) => outlineOfClause(clause).interpolation && answering.has(roleOf(project, module)),
);

export const atomFromInput = defineRule<Slots>({
  id: "atom-from-input",
  title: "Atoms are made from what a client sends",
  trigger: "critical_pattern",
  area: "security",
  severity: "high",
  cwe: ["CWE-400", "CWE-770"],
  silencedBy: { credo: ["Credo.Check.Warning.UnsafeToAtom"], sobelow: ["DOS.StringToAtom", "DOS.BinToAtom", "DOS.ListToAtom"] },
  fix: "refuse-new-atoms",
  where: anyOf(making, composing),
  match(facts, project) {
    return [
      ...selectedIn(making, facts, project).flatMap((definition) =>
        collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
      ),
      ...selectedIn(composing, facts, project).flatMap((definition) =>
        collect(definition.body, "interpolation").flatMap((text) => ofInterpolation(text, definition, project)),
      ),
    ];
  },
  what: ({ call, value, keys, origin }) => {
    if (origin === "fresh") return `\`${call}\` makes a new atom each time it runs, of what ${value} gives.`;
    return keys === "yes" ? `\`${call}\` makes an atom of every key in ${value}.` : `\`${call}\` makes an atom of whatever ${value} holds.`;
  },
  why: ({ origin, request }) => {
    const way = request === "" ? "" : ` (\`${request}\` leads here)`;
    const stem = {
      request: `It comes from the request${way}`,
      unknown: `Nothing seen between a request${way} and here limits it`,
      fresh: `Every request${way} leaves one behind`,
    }[origin];
    return `${stem}: atoms are never freed, and after about a million different ones the whole node stops.`;
  },
  instead: ({ keys, origin }) => {
    if (origin === "fresh")
      return "Keep it as text: a process needs no name to be called by its pid, and `{:via, Registry, {Names, id}}` takes any.";
    return keys === "yes"
      ? "Keep the keys as strings, or use `keys: :atoms!`, which takes only atoms that exist already."
      : "Look the text up in a list or map of the values that are allowed, or use `String.to_existing_atom/1` and answer its error.";
  },
  notWhen: [
    "The value is written in the source, or stems from a list of literals.",
    "A guard, a membership test or a check has looked at the value first.",
    "It runs while compiling (macros, module bodies), in configuration, tests, mix tasks, migrations.",
    'The value\'s origin cannot be followed to a request (then it is `possible` where a request leads to the code, and nothing is said of `:"kind_#{value}"`).',
    "The application evaluates code that its users write, as a notebook does (then it is `possible`).",
    "What is new each time is made by code that no request leads to, as a server that starts once.",
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
    {
      bad: `defmodule ShopWeb.SectionController do
  use Phoenix.Controller

  def show(conn, %{"section" => section}) do
    render(conn, :"show_#{section}")
  end
end
`,
      at: ':"show_#{section}"',
      good: `defmodule ShopWeb.SectionController do
  use Phoenix.Controller

  def show(conn, %{"section" => section}) when section in ["toys", "books"] do
    render(conn, :"show_#{section}")
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.StockController do
  use Phoenix.Controller

  def show(conn, %{"key" => key}) do
    name = Ecto.UUID.generate() |> String.to_atom()
    {:ok, _pid} = GenServer.start_link(Shop.StockReader, key, name: name)
    json(conn, GenServer.call(name, :read))
  end
end
`,
      at: "String.to_atom()",
      good: `defmodule ShopWeb.StockController do
  use Phoenix.Controller

  def show(conn, %{"key" => key}) do
    {:ok, reader} = GenServer.start_link(Shop.StockReader, key)
    json(conn, GenServer.call(reader, :read))
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
  const path = requestPath(project, definition.id);
  const origin = sourceOf(value, definition, project);
  if (origin === null || (origin !== "request" && (keys || (path === null && !isStoredText(value, project))))) return [];
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
  return [{ span: call.segment, confidence: origin === "unknown" ? "possible" : confidenceIn(project), slots, evidence }];
}

/** A field that some schema stores text in: who wrote it is not to be seen here. */
function isStoredText(value: Expression, project: Project): boolean {
  const name = value.kind === "access" ? value.field : null;
  return (
    name !== null &&
    [...project.schemas.values()].some(({ fields }) => fields.some((field) => field.name === name && /^:?(string|text)$/.test(field.type)))
  );
}

const cleans = /valid|allow|permit|known|exist|enum|hash|digest|^(Integer|Float|Date|DateTime|NaiveDateTime|Time|Decimal|Ecto\.UUID)\./i;
const watch = { cleans, within: "text" } as const;

/** Null for what is written in the source, or of which there are few. */
function sourceOf(value: Expression, definition: Definition, project: Project): Source | null {
  const origin = originOf(value, definition, project);
  if (origin === "request" || sentTo(value, definition, project, watch) !== null) return "request";
  if (isFresh(value, definition.body)) return "fresh";
  return origin === "fixed" ? null : "unknown";
}

const generators =
  /^(UUID\.uuid\d|Ecto\.UUID\.(b?generate|autogenerate)|:crypto\.strong_rand_bytes|:?(System|erlang)\.unique_integer|make_ref|:rand\.\w+|Nanoid\.generate|UUIDv7\.generate)$/;

function isFresh(value: Expression, body: Expression): boolean {
  const from = value.kind === "variable" ? boundBefore(value.name, value.span.start, body) : value;
  return (
    from !== null &&
    collect(from, "call").some(({ module, function: name }) => generators.test(module === null ? name : `${module}.${name}`))
  );
}

/** `:"show_#{section}"`. */
function ofInterpolation(text: Interpolation, definition: Definition, project: Project): Match<Slots>[] {
  const steps = text.type === "atom" ? sentTo(text, definition, project, watch) : null;
  if (steps === null) return [];
  const [value] = text.parts.filter(({ kind }) => kind !== "literal");
  const slots = {
    call: `:${written({ ...text, type: "string" })}`,
    origin: "request",
    value: value === undefined ? "the value" : quotedValue(value),
    request: "",
    keys: "no",
  } as const;
  return [{ span: text.span, confidence: confidenceIn(project), slots, evidence: steps }];
}

function confidenceIn(project: Project): "likely" | "possible" {
  return runsUsersCode(project) ? "possible" : "likely";
}

function quotedValue(value: Expression): string {
  const text = written(value);
  return text === "…" ? "the value" : `\`${text}\``;
}

function keepsKeysAsAtoms(options: Expression | undefined): boolean {
  return atomOf(optionOf(options ?? null, "keys")) === "atoms";
}
