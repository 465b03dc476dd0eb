import type { Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf } from "../../../project/values.js";
import { defineRule } from "../../define.js";
import { servingDefinitionsCalling, type Callee } from "../../shared/calling.js";
import type { Definition } from "../../shared/definitions.js";
import { matchesInFile, type Located } from "../../shared/located.js";
import { perProject } from "../../shared/per-project.js";
import { printedFields } from "../../shared/printed-fields.js";
import { visitorFieldOf, type VisitorField } from "../../shared/visitor-fields.js";
import { spoken } from "../../shared/written.js";

type Slots = { field: string; schema: string; handler: string };

export const storedTextPrintedRaw = defineRule<Slots>({
  id: "stored-text-printed-raw",
  title: "What visitors wrote is printed as HTML",
  trigger: "critical_pattern",
  area: "security",
  severity: "high",
  cwe: ["CWE-79"],
  silencedBy: { sobelow: ["XSS.Raw", "XSS.HTML"] },
  match: (facts, project) => matchesInFile(printedIn(project), facts),
  what: ({ field, schema, handler }) =>
    `This prints \`${field}\` of \`${schema}\` as HTML, which \`${handler}\` takes from whoever sends it, and nothing on the way escapes or sanitizes it.`,
  why: () =>
    "Somebody writes a `<script>` once, and it runs for everyone who opens the page, with their session: an administrator's, where the page is for administrators.",
  instead: () =>
    "Print it without `raw`; where markup is wanted, run what is printed through a sanitizer (`HtmlSanitizeEx.basic_html/1`), or let the Markdown library drop HTML (`Cmark.to_html/2` without `:unsafe`).",
  notWhen: [
    "Only actions for insiders (admin, staff, internal) fill the field, or none that a router names.",
    "A function that escapes, sanitizes or encodes lies on the way, or the changeset cleans what it takes.",
    "A Markdown library that drops HTML unless told otherwise makes it.",
    "The record's schema cannot be told by the name it has in the template, or another schema of that name is not filled by visitors.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/review.ex": `defmodule Shop.Review do
  use Ecto.Schema
  import Ecto.Changeset

  schema "reviews" do
    field :body, :string
  end

  def changeset(review, attrs), do: cast(review, attrs, [:body])
end
`,
        "lib/shop_web/controllers/review_controller.ex": `defmodule ShopWeb.ReviewController do
  use Phoenix.Controller

  def create(conn, %{"review" => params}) do
    Shop.Repo.insert!(Shop.Review.changeset(%Shop.Review{}, params))
    redirect(conn, to: "/reviews")
  end
end

defmodule Shop.Repo do
  use Ecto.Repo, otp_app: :shop
end

defmodule ShopWeb.Router do
  use Phoenix.Router

  scope "/", ShopWeb do
    post "/reviews", ReviewController, :create
  end
end
`,
        "lib/shop_web/review_html.ex": `defmodule ShopWeb.ReviewHTML do
  import Phoenix.HTML

  def body_of(review), do: review.body |> Cmark.to_html([:unsafe]) |> raw()
end
`,
      },
      at: "raw()",
      good: {
        "lib/shop/review.ex": `defmodule Shop.Review do
  use Ecto.Schema
  import Ecto.Changeset

  schema "reviews" do
    field :body, :string
  end

  def changeset(review, attrs), do: cast(review, attrs, [:body])
end
`,
        "lib/shop_web/controllers/review_controller.ex": `defmodule ShopWeb.ReviewController do
  use Phoenix.Controller

  def create(conn, %{"review" => params}) do
    Shop.Repo.insert!(Shop.Review.changeset(%Shop.Review{}, params))
    redirect(conn, to: "/reviews")
  end
end

defmodule Shop.Repo do
  use Ecto.Repo, otp_app: :shop
end

defmodule ShopWeb.Router do
  use Phoenix.Router

  scope "/", ShopWeb do
    post "/reviews", ReviewController, :create
  end
end
`,
        "lib/shop_web/review_html.ex": `defmodule ShopWeb.ReviewHTML do
  import Phoenix.HTML

  def body_of(review), do: review.body |> Cmark.to_html([:smart]) |> raw()
end
`,
      },
    },
  ],
});

const morePlaces = 6;

interface Printed extends VisitorField {
  readonly at: Located<Slots>["at"];
}

/** Each field once, at the first place that prints it; the others are its evidence. */
const printedIn = perProject((project): readonly Located<Slots>[] => {
  const all = [...project.files.values()].flatMap((facts) =>
    servingDefinitionsCalling(facts, project, printsHtml).flatMap((definition) => printedBy(definition, project)),
  );
  const byField = new Map<string, Printed[]>();
  for (const printed of all) {
    const name = `${printed.schema.module}.${printed.field}`;
    byField.set(name, [...(byField.get(name) ?? []), printed]);
  }
  return [...byField.values()].flatMap((places): Located<Slots>[] => {
    const [first, ...others] = places;
    if (first === undefined) return [];
    const { schema, field, handler, at } = first;
    const evidence = [
      { at: { path: handler.path, span: handler.facts.nameSpan }, note: `${spoken(handler.id)} takes it from the request` },
      ...others.slice(0, morePlaces).map((other) => ({ at: other.at, note: "it is printed here too" })),
    ];
    const slots = { field, schema: schema.module, handler: spoken(handler.id) };
    return [{ at, confidence: "likely", slots, evidence }];
  });
});

function printsHtml({ module, function: name }: Callee): boolean {
  return /^(raw|html)$/.test(name) && (module === null || /^Phoenix\.(HTML|Controller)$/.test(module));
}

function printedBy(definition: Definition, project: Project): Printed[] {
  const { path } = definition.function;
  return sinksIn(definition.body).flatMap(({ text, at }) => {
    const filled = printedFields(text, definition, project).flatMap(({ owner, field }) => visitorFieldOf(owner, field, project) ?? []);
    const [first] = filled;
    return first === undefined ? [] : [{ ...first, at: { path, span: at } }];
  });
}

function sinksIn(body: Expression): { text: Expression; at: Expression["span"] }[] {
  const called = collect(body, "call").flatMap((call) => {
    const text = call.function === "html" ? call.arguments[1] : call.arguments[0];
    return printsHtml(call) && text !== undefined ? [{ text, at: call.segment }] : [];
  });
  const tuples = collect(body, "tuple").flatMap(({ elements: [tag, text], span }) =>
    atomOf(tag) === "safe" && text !== undefined ? [{ text, at: span }] : [],
  );
  return [...called, ...tuples];
}
