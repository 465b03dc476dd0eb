import type { Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { sigilText } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";

type Slots = { check: string; looks: string };

const callers = definitionsCalling(parsesAddress);

export const urlSchemeNotChecked = defineRule<Slots>({
  id: "url-scheme-not-checked",
  title: "A check of addresses lets `javascript:` pass",
  trigger: "critical_pattern",
  area: "security",
  severity: "medium",
  cwe: ["CWE-79", "CWE-20"],
  silencedBy: {},
  languages: ["elixir"],
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) => {
      const { name } = definition.function.facts;
      return checks.test(name) && !servers.test(name) ? matchOf(definition, project) : [];
    });
  },
  what: ({ check, looks }) => `\`${check}\` takes an address for valid when it has ${looks}, and any scheme will do.`,
  why: () => "`javascript://x/%0aalert(1)` has a scheme and a host: shown as a link, it runs the writer's code in the reader's session.",
  instead: () => 'Ask for the scheme by name, `uri.scheme in ["http", "https"]`, beside the host.',
  notWhen: [
    "The scheme is compared with a name or a list, here or in a function it calls.",
    "The name says that a server calls the address and nobody clicks it (a webhook, an endpoint, a proxy, a redirect URI of an app).",
    "Another check of addresses is asked too, nothing calls the check, or it takes any URI (then it is `possible`).",
    "Nothing is decided by the scheme or host, as where an address is only taken apart.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Validation do
  def check(links), do: Enum.all?(links, &valid_url?/1)

  def valid_url?(url) do
    uri = URI.parse(url)
    uri.scheme != nil and uri.host != nil
  end
end
`,
      at: "URI.parse(url)",
      good: `defmodule Shop.Validation do
  def check(links), do: Enum.all?(links, &valid_url?/1)

  def valid_url?(url) do
    uri = URI.parse(url)
    uri.scheme in ["http", "https"] and uri.host != nil
  end
end
`,
    },
    {
      bad: `defmodule Shop.Profile do
  import Ecto.Changeset

  def changeset(profile, attributes), do: profile |> cast(attributes, [:website]) |> validate_website_url()

  def validate_website_url(changeset) do
    validate_change(changeset, :website, fn :website, website ->
      case URI.parse(website) do
        %URI{scheme: nil} -> [website: "needs a scheme"]
        %URI{host: nil} -> [website: "needs a host"]
        _uri -> []
      end
    end)
  end
end
`,
      at: "URI.parse(website)",
      good: `defmodule Shop.Profile do
  import Ecto.Changeset

  def changeset(profile, attributes), do: profile |> cast(attributes, [:website]) |> validate_website_url()

  def validate_website_url(changeset) do
    validate_change(changeset, :website, fn :website, website ->
      case URI.parse(website) do
        %URI{scheme: scheme} when scheme not in ["http", "https"] -> [website: "must be a web address"]
        %URI{host: nil} -> [website: "needs a host"]
        _uri -> []
      end
    end)
  end
end
`,
    },
  ],
});

const checks = /(^|_)(valid|validate|check|is|verify)_?\w*(url|uri|link|website)|(url|uri|link|website)\w*(valid|check)/;
const servers = /webhook|endpoint|proxy|redirect|callback|server|host|database|origin|repo|git|issuer|relay/;

function parsesAddress({ module, function: name }: Callee): boolean {
  return module === "URI" && /^(parse|new!?)$/.test(name);
}

function matchOf(definition: Definition, project: Project): Match<Slots>[] {
  const { body, clause } = definition;
  const whole = [body, ...(clause.guard === null ? [] : [clause.guard])];
  const parsed = collect(body, "call").find(({ module, function: name }) => module === "URI" && /^(parse|new!?)$/.test(name));
  const looks = (["scheme", "host"] as const).filter((field) => whole.some((part) => looksAt(field, part)));
  if (parsed === undefined || looks.length === 0 || whole.some((part) => namesScheme(part, definition, project))) return [];
  return [
    {
      span: parsed.segment,
      confidence: project.callers.has(definition.id) && !/uri/.test(definition.function.facts.name) ? "likely" : "possible",
      slots: { check: definition.function.facts.name, looks: looks.map((field) => `a ${field}`).join(" and ") },
      evidence: [],
    },
  ];
}

/** `uri.scheme`, `%URI{scheme: …}`, `%{host: …}`. */
function looksAt(field: string, body: Expression): boolean {
  return (
    collect(body, "access").some((access) => access.field === field) ||
    collect(body, "map").some(({ entries }) => entries.some(({ key }) => key.kind === "literal" && key.value === field))
  );
}

/** Whether a scheme by name, a list kept in an attribute or another function may decide. */
function namesScheme(body: Expression, { function: entry, id }: Definition, project: Project): boolean {
  const words = collect(body, "literal").some(
    ({ type, value }) =>
      /^(string|sigil|atom)$/.test(type) &&
      /^[^:]*\bhttps?\b|https?:\/\//.test(type === "sigil" ? sigilText(value) : value) &&
      !/\s\S+\s/.test(value),
  );
  const byHelper = (project.calls.get(id) ?? []).some(({ callee }) => callee !== entry.id && isOtherCheck(callee));
  return words || byHelper || collect(body, "attribute").length > 0;
}

/** `MyApp.Urls.allowed_scheme?/1`, and another check of addresses that has been asked first. */
function isOtherCheck(callee: string): boolean {
  const name = callee.slice(callee.lastIndexOf(".") + 1);
  return /scheme|http|protocol|safe|allow/.test(name) || checks.test(name);
}
