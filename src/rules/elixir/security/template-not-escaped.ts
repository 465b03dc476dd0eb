import type { Call, Expression } from "../../../model/expression.js";
import { outlineOfTopLevel } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { walk } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { isProduction } from "../../shared/production.js";
import { isFreeTextField } from "../../shared/text-fields.js";
import { written } from "../../shared/written.js";

type Slots = { value: string; others: readonly string[]; format: string; escaped: string };

export const templateNotEscaped = defineRule<Slots>({
  id: "template-not-escaped",
  title: "Text is written into a template that escapes nothing by itself",
  trigger: "critical_pattern",
  area: "security",
  severity: "medium",
  cwe: ["CWE-116", "CWE-91"],
  silencedBy: {},
  languages: ["eex"],
  match(facts, project) {
    const format = formatOf(facts.path);
    const [markup] = facts.topLevel;
    if (format === null || markup === undefined || !isProduction(facts.path)) return [];
    const habit = outlineOfTopLevel(facts).calls.some(({ function: name }) => escaping.test(name));
    const { plain, escaped } = outputsOf(markup, project);
    const [first, ...others] = plain;
    if (first === undefined) return [];
    return [matchOf(first, others, format, habit ? escaped : null, facts.path)];
  },
  what: ({ value, others, format }) =>
    `\`${value}\`${others.length > 0 ? ` (and ${others.map((other) => `\`${other}\``).join(", ")})` : ""} is written into a \`.${format}.eex\` template as it stands: only \`.html\` templates escape what they print.`,
  why: ({ escaped, format }) =>
    `${escaped === "" ? "" : `The same template escapes \`${escaped}\`. `}A \`<\` or \`&\` in the text breaks the ${format === "js" ? "script" : "document"} for every reader, and whoever can write the text can add ${format === "js" ? "code" : "elements"} of their own.`,
  instead: ({ format }) =>
    format === "js"
      ? "Print it as JSON (`Jason.encode!(value, escape: :html_safe)`)."
      : "Escape it where it is printed (`value |> Phoenix.HTML.html_escape() |> Phoenix.HTML.safe_to_string()`), or build the document with a library that escapes.",
  notWhen: [
    "The template is HTML, plain text or Markdown.",
    "The value goes through a function; what it gives back may be escaped.",
    "The field is not stored as text, or is a number, date, slug, address, kind or identity.",
    "The template escapes nothing at all: its texts may stand in CDATA sections (then it is `possible`).",
  ],
  examples: [
    {
      bad: {
        "lib/shop/product.ex": `defmodule Shop.Product do
  use Ecto.Schema

  schema "products" do
    field :name, :string
    field :summary, :string
    field :price, :integer
  end
end
`,
        "lib/shop_web/templates/feed/products.xml.eex": `<products>
  <%= for product <- @products do %>
    <name><%= escaped(product.name) %></name>
    <summary><%= product.summary %></summary>
    <price><%= product.price %></price>
  <% end %>
</products>
`,
      },
      at: "product.summary",
      good: {
        "lib/shop/product.ex": `defmodule Shop.Product do
  use Ecto.Schema

  schema "products" do
    field :name, :string
    field :summary, :string
    field :price, :integer
  end
end
`,
        "lib/shop_web/templates/feed/products.xml.eex": `<products>
  <%= for product <- @products do %>
    <name><%= escaped(product.name) %></name>
    <summary><%= escaped(product.summary) %></summary>
    <price><%= product.price %></price>
  <% end %>
</products>
`,
      },
    },
  ],
});

const escaping = /^(html_escape|escaped?|xml_escape|escape_\w+|\w+_escaped?|cdata)$/;

/** The format a template is written for, when its engine escapes nothing in it and its text has a grammar. */
function formatOf(path: string): string | null {
  return /\.(xml|rss|atom|svg|js|opml|kml|gpx|plist|xsl)\.eex$/.exec(path)?.[1] ?? null;
}

/** What a template prints that is a stored text as it stands, and the first value it escapes. */
function outputsOf(markup: Expression, project: Project): { plain: Expression[]; escaped: Expression | null } {
  const plain: Expression[] = [];
  let escaped: Expression | null = null;
  const read = (expression: Expression): void => {
    walk(expression, (part) => {
      if (part.kind === "markup") {
        for (const child of part.children) read(child);
        for (const child of part.children) if (isStoredText(child, project)) plain.push(child);
        return false;
      }
      if (part.kind === "call" && escaping.test(part.function)) escaped ??= part.arguments[0] ?? null;
      return;
    });
  };
  read(markup);
  return { plain: plain.sort((left, right) => left.span.start - right.span.start), escaped };
}

function isStoredText(expression: Expression, project: Project): boolean {
  const name = expression.kind === "access" ? expression.field : expression.kind === "call" ? keyRead(expression) : null;
  return name !== null && isFreeTextField(name, project);
}

/** `Map.get(@podcast, :description, "")`. */
function keyRead({ module, function: name, arguments: given }: Call): string | null {
  const key = given[1];
  return module === "Map" && /^(get|fetch!)$/.test(name) && key?.kind === "literal" ? key.value : null;
}

function matchOf(first: Expression, others: readonly Expression[], format: string, escaped: Expression | null, path: string): Match<Slots> {
  const names = [...new Set(others.map(shown))].filter((name) => name !== shown(first) && name !== "…");
  return {
    span: first.span,
    confidence: escaped === null ? "possible" : "likely",
    slots: { value: shown(first), others: names.slice(0, 3), format, escaped: escaped === null ? "" : written(escaped) },
    evidence: [
      ...(escaped === null ? [] : [{ at: { path, span: escaped.span }, note: "this value is escaped", comparison: true as const }]),
      ...others.slice(0, 4).map(({ span }) => ({ at: { path, span }, note: "this one is printed as it stands too" })),
    ],
  };
}

function shown(expression: Expression): string {
  const [subject, key] = expression.kind === "call" ? expression.arguments : [];
  return subject !== undefined && key?.kind === "literal" ? `${written(subject)}.${key.value}` : written(expression);
}
