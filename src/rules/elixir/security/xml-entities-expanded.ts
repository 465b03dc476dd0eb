import type { Call } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf, optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { sentTo } from "../../shared/sent.js";
import { written } from "../../shared/written.js";

type Slots = { call: string; document: string };

const callers = definitionsCalling(readsXml);

export const xmlEntitiesExpanded = defineRule<Slots>({
  id: "xml-entities-expanded",
  title: "A client's XML is read with the entities it brings",
  trigger: "critical_pattern",
  area: "security",
  severity: "high",
  cwe: ["CWE-611", "CWE-776"],
  silencedBy: {},
  fix: "refuse-entities",
  languages: ["elixir"],
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ call, document }) => `\`${call}\` reads ${document}, which a client sends, with its own document type.`,
  why: () =>
    "A document type can name files of the server as entities and have them put into the text, or nest entities so that a few lines fill the memory.",
  instead: ({ call }) =>
    call.startsWith("SweetXml")
      ? "Pass `dtd: :none` to `SweetXml.parse/2`, or read it with Saxy, which expands no entities of the document's own."
      : "Pass `allow_entities: false` (OTP 25.3), or read it with Saxy, which expands no entities of the document's own.",
  notWhen: [
    "`dtd: :none`, `dtd: :internal_only` or `allow_entities: false` is given.",
    "The document cannot be followed to what a client sent, such as an answer of a service the project trusts.",
    "The code is a test or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.ImportController do
  use Phoenix.Controller

  def create(conn, %{"document" => document}) do
    json(conn, Shop.Import.items(document))
  end
end

defmodule Shop.Import do
  def items(document), do: document |> SweetXml.parse() |> SweetXml.xpath(~x"//item/text()"l)
end
`,
      at: "document |> SweetXml.parse()",
      good: `defmodule ShopWeb.ImportController do
  use Phoenix.Controller

  def create(conn, %{"document" => document}) do
    json(conn, Shop.Import.items(document))
  end
end

defmodule Shop.Import do
  def items(document), do: document |> SweetXml.parse(dtd: :none) |> SweetXml.xpath(~x"//item/text()"l)
end
`,
    },
  ],
});

function readsXml({ module, function: name }: Callee): boolean {
  return (module === "SweetXml" && name === "parse") || (module === ":xmerl_scan" && name === "string");
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const [document] = call.arguments;
  if (!readsXml(call) || document === undefined || isLimited(call)) return [];
  const steps = sentTo(document, definition, project, { cleans: /^$/, within: "text" });
  if (steps === null) return [];
  const text = written(document);
  const slots = { call: `${call.module ?? ""}.${call.function}`, document: text === "…" ? "a document" : `\`${text}\`` };
  return [{ span: call.span, confidence: "likely", slots, evidence: steps }];
}

function isLimited(call: Call): boolean {
  const kind = atomOf(optionOf(call, "dtd"));
  if (kind !== null) return /^(none|internal_only)$/.test(kind);
  return call.arguments.slice(1).some((options) => /allow_entities|rules|fetch_fun/.test(JSON.stringify(options)));
}
