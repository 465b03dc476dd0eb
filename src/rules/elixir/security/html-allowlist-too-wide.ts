import type { Call } from "../../../model/expression.js";
import { outlineOfBody } from "../../../model/outline.js";
import { elementsOf, stringOf } from "../../../project/values.js";
import type { Severity } from "../../../model/finding.js";
import { defineRule, type Match } from "../../define.js";
import { isProduction } from "../../shared/production.js";

type Danger = "program" | "frame" | "scheme" | "event";
type Slots = { tag: string; attribute: string; danger: Danger };

export const htmlAllowlistTooWide = defineRule<Slots>({
  id: "html-allowlist-too-wide",
  title: "An HTML sanitizer lets scripts or foreign pages through",
  trigger: "critical_pattern",
  area: "security",
  severity: "high",
  cwe: ["CWE-79"],
  silencedBy: {},
  languages: ["elixir"],
  match(facts) {
    if (!isProduction(facts.path)) return [];
    return facts.modules.flatMap((module) =>
      outlineOfBody(module).distinct.some(({ function: name }) => permits.test(name)) ? module.body.flatMap(matchOf) : [],
    );
  },
  what: ({ tag, attribute, danger }) =>
    danger === "program"
      ? `This sanitizer keeps \`<${tag}>\` tags.`
      : `This sanitizer keeps \`${attribute}\` of \`<${tag}>\` whatever it says.`,
  why: ({ tag, danger }) =>
    ({
      program: `Whoever writes the text decides what code \`<${tag}>\` loads, and it runs with the reader's session.`,
      frame:
        "Whoever writes the text can show any page inside yours, such as a copy of your login form, and a `javascript:` address runs in your page.",
      scheme: "`javascript:` is an address too: one click runs the writer's code with the reader's session.",
      event: "An event attribute holds code: it runs with the reader's session.",
    })[danger],
  instead: ({ tag, attribute, danger }) =>
    danger === "scheme"
      ? `Allow it with \`allow_tag_with_uri_attributes("${tag}", ["${attribute}"], ["http", "https", "mailto"])\`.`
      : danger === "frame"
        ? "Leave the tag out, or write a `scrub_attribute` clause that keeps only addresses of the hosts you embed, and set `sandbox`."
        : "Leave it out of the allow-list.",
  notWhen: [
    "The address is limited to schemes or to values written out (`allow_tag_with_uri_attributes`, `allow_tag_with_this_attribute_values`).",
    "The tag shows data only, such as `<img src>`: a `javascript:` address does nothing there.",
    "The code is a test.",
  ],
  examples: [
    {
      bad: `defmodule Shop.ReviewScrubber do
  alias HtmlSanitizeEx.Scrubber.Meta
  require Meta

  Meta.allow_tag_with_uri_attributes("a", ["href"], ["https"])
  Meta.allow_tag_with_these_attributes("iframe", ["src", "width"])
  Meta.strip_everything_not_covered()
end
`,
      at: `Meta.allow_tag_with_these_attributes("iframe", ["src", "width"])`,
      good: `defmodule Shop.ReviewScrubber do
  alias HtmlSanitizeEx.Scrubber.Meta
  require Meta

  Meta.allow_tag_with_uri_attributes("a", ["href"], ["https"])
  Meta.allow_tag_with_this_attribute_values("iframe", "src", ["https://player.shop.example/"])
  Meta.allow_tag_with_these_attributes("iframe", ["width"])
  Meta.strip_everything_not_covered()
end
`,
    },
    {
      bad: `defmodule Shop.NoteScrubber do
  alias HtmlSanitizeEx.Scrubber.Meta
  require Meta

  Meta.allow_tag_with_these_attributes("a", ["href", "title"])
  Meta.strip_everything_not_covered()
end
`,
      at: `Meta.allow_tag_with_these_attributes("a", ["href", "title"])`,
      good: `defmodule Shop.NoteScrubber do
  alias HtmlSanitizeEx.Scrubber.Meta
  require Meta

  Meta.allow_tag_with_uri_attributes("a", ["href"], ["https", "mailto"])
  Meta.allow_tag_with_these_attributes("a", ["title"])
  Meta.allow_tag_with_these_attributes("img", ["src", "alt"])
  Meta.strip_everything_not_covered()
end
`,
    },
  ],
});

const permits = /^allow_tag_with_/;
const programs = /^(script|object|embed|applet|base)$/;
const addresses = /^(href|xlink:href|action|formaction)$/;

function matchOf(call: Call): Match<Slots>[] {
  const tag = stringOf(call.arguments[0]);
  if (!permits.test(call.function) || tag === null) return [];
  const anyValue = call.function === "allow_tag_with_these_attributes";
  const attributes = elementsOf(call.arguments[1]).flatMap((attribute) => stringOf(attribute) ?? []);
  const match = (attribute: string, danger: Danger, severity: Severity): Match<Slots>[] => [
    { span: call.span, confidence: "likely", severity, slots: { tag, attribute, danger }, evidence: [] },
  ];
  if (programs.test(tag)) return match("", "program", tag === "script" ? "high" : "medium");
  if (!anyValue) return [];
  const event = attributes.find((attribute) => /^on[a-z]+$/.test(attribute));
  if (event !== undefined) return match(event, "event", "high");
  const frame = attributes.find((attribute) => tag === "iframe" && /^(src|srcdoc)$/.test(attribute));
  if (frame !== undefined) return match(frame, "frame", "high");
  const address = attributes.find((attribute) => addresses.test(attribute));
  return address === undefined ? [] : match(address, "scheme", tag === "a" ? "high" : "medium");
}
