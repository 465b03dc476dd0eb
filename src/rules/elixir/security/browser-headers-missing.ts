import { outlineOfBody, outlineOfClause, outlineOfTopLevel, type Outline } from "../../../model/outline.js";
import type { Location, Plug, Project, Router } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { endpointPlugs } from "../../../project/pipeline-of.js";
import { elementsOf, stringOf } from "../../../project/values.js";
import { defineRule } from "../../define.js";
import { servingDefinitionsCalling, type Callee } from "../../shared/calling.js";
import { matchesInFile, type Located } from "../../shared/located.js";
import { perProject } from "../../shared/per-project.js";
import { sensitive } from "../../shared/public-routes.js";
import { isProduction } from "../../shared/production.js";

type Slots = { pipeline: string; missing: "headers" | "policy" };

export const browserHeadersMissing = defineRule<Slots>({
  id: "browser-headers-missing",
  title: "Pages are sent without the headers that limit what a browser does with them",
  trigger: "critical_pattern",
  area: "security",
  severity: "low",
  cwe: ["CWE-693", "CWE-1021"],
  silencedBy: { sobelow: ["Config.CSP", "Config.Headers"] },
  fix: "secure-headers",
  languages: ["elixir"],
  match(facts, project) {
    const found = missingIn(project);
    return found === null || found.at.path !== facts.path ? [] : matchesInFile([found], facts);
  },
  what: ({ pipeline, missing }) =>
    missing === "headers"
      ? `The pipeline \`:${pipeline}\` serves pages without \`put_secure_browser_headers\`.`
      : `The pipeline \`:${pipeline}\` gives no content security policy, and nothing else in the project does.`,
  why: ({ missing }) =>
    missing === "headers"
      ? "Other sites can frame the pages and lay their own buttons over them, and browsers guess at the type of what users uploaded."
      : "Text that slips into a page unescaped, once, is then run as a script; a policy is what stops it there, and Phoenix's own, where the release has one, limits no scripts.",
  instead: ({ missing }) =>
    missing === "headers"
      ? "Add `plug :put_secure_browser_headers` with a `content-security-policy` of your own."
      : `Give it to the plug, beginning with what the pages need: \`plug :put_secure_browser_headers, %{"content-security-policy" => "default-src 'self'"}\`.`,
  notWhen: [
    "The pipeline answers no pages (JSON, feeds, an API), or no route goes through it.",
    "The endpoint, another plug or any function of the project sends the header, also when it is only named in a configuration.",
    "A plug whose name speaks of security headers or of a policy is on the way.",
    "Everything that pages print is escaped: then a missing policy is `possible`; so are headers missing from pages made for frames of other sites.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :accepts, ["html"]
    plug :fetch_session
    plug :protect_from_forgery
    plug :put_secure_browser_headers
  end

  scope "/", ShopWeb do
    pipe_through :browser
    get "/", PageController, :home
  end
end

defmodule ShopWeb.PageHTML do
  import Phoenix.HTML

  def notice(shop), do: raw(shop.notice)
end
`,
      at: "plug :put_secure_browser_headers",
      good: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :accepts, ["html"]
    plug :fetch_session
    plug :protect_from_forgery
    plug :put_secure_browser_headers
    plug :put_policy
  end

  scope "/", ShopWeb do
    pipe_through :browser
    get "/", PageController, :home
  end

  defp put_policy(conn, _options), do: Plug.Conn.put_resp_header(conn, "content-security-policy", "default-src 'self'")
end

defmodule ShopWeb.PageHTML do
  import Phoenix.HTML

  def notice(shop), do: raw(shop.notice)
end
`,
    },
    {
      bad: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :browser do
    plug :accepts, ["html"]
    plug :fetch_session
    plug :protect_from_forgery
  end

  scope "/", ShopWeb do
    pipe_through :browser
    get "/", PageController, :home
  end
end
`,
      at: `plug :accepts, ["html"]`,
      good: `defmodule ShopWeb.Router do
  use Phoenix.Router

  pipeline :api do
    plug :accepts, ["json"]
    plug :fetch_session
    plug :protect_from_forgery
  end

  scope "/", ShopWeb do
    pipe_through :api
    get "/", PageController, :home
  end
end
`,
    },
  ],
});

const header = /content-security-policy/i;
const named = /csp|content_?security|secure_?headers|security_?headers|browser_headers|helmet/i;

/** Whether anything in the project speaks of a content security policy. */
const speaksOfPolicy = perProject((project): boolean => {
  if ([...project.dependencies.keys()].some((name) => /csp|content_security|secure_headers/.test(name))) return true;
  const says = ({ strings }: Outline): boolean => strings.some((text) => header.test(text));
  for (const facts of project.files.values()) {
    if (!isProduction(facts.path) && !/(^|\/)config\//.test(facts.path)) continue;
    if (facts.topLevel.length > 0 && facts.language === "elixir" && says(outlineOfTopLevel(facts))) return true;
    for (const module of facts.modules) {
      if (named.test(module.name) || says(outlineOfBody(module))) return true;
      if (module.functions.some((entry) => entry.clauses.some((clause) => says(outlineOfClause(clause))))) return true;
    }
  }
  return false;
});

/** Once for the project: the first pipeline that serves pages without the headers, else without a policy, and the others as evidence. */
const missingIn = perProject((project): Located<Slots> | null => {
  const routers = project.routers.filter(({ path }) => isProduction(path)).sort((left, right) => insideLast(left) - insideLast(right));
  const places = routers.flatMap((router) => placesIn(router, project));
  const ofHeaders = places.filter(({ missing, pipeline }) => missing === "headers" && !framed.test(pipeline));
  const [first, ...others] = ofHeaders.length > 0 ? ofHeaders : places;
  if (first === undefined) return null;
  const printing = first.missing === "policy" ? rawPlaces(project) : [];
  const evidence = [
    ...others.slice(0, shownPlaces).map(({ at, pipeline }) => ({ at, note: `\`:${pipeline}\` sends none either` })),
    ...printing.slice(0, shownPlaces).map((at) => ({ at, note: "text is printed here without being escaped" })),
  ];
  const isUrgent = first.missing === "headers" ? !framed.test(first.pipeline) : printing.length > 0;
  const confidence = isUrgent ? "likely" : "possible";
  return { at: first.at, confidence, slots: { pipeline: first.pipeline, missing: first.missing }, evidence };
});

const shownPlaces = 3;
/** Pages that are made to be shown inside another site. */
const framed = /lti|embed|i?frame|widget/i;

/** What anybody can open comes before what only insiders do. */
function insideLast({ path }: Router): number {
  return sensitive.test(path) ? 1 : 0;
}

interface Place {
  readonly at: Location;
  readonly pipeline: string;
  readonly missing: Slots["missing"];
}

function placesIn(router: Router, project: Project): Place[] {
  return [...router.pipelines].flatMap(([pipeline, plugs]): Place[] => {
    if (!servesPages(plugs) || !isUsed(pipeline, router, project)) return [];
    const onTheWay = [...plugs, ...endpointPlugs(project)];
    const secure = onTheWay.find(({ name }) => name === "put_secure_browser_headers");
    const own = onTheWay.some((plug) => plug !== secure && named.test(plug.name));
    const place = secure ?? plugs[0];
    if (own || place === undefined || place.path !== router.path || (secure?.options ?? null) !== null || speaksOfPolicy(project))
      return [];
    return [{ at: { path: place.path, span: place.span }, pipeline, missing: secure === undefined ? "headers" : "policy" }];
  });
}

/** Where pages print what is no literal without escaping it: what a policy is there for. */
function rawPlaces(project: Project): Location[] {
  return [...project.files.values()].flatMap((facts) =>
    servingDefinitionsCalling(facts, project, printsRaw).flatMap(({ body, function: { path } }) =>
      collect(body, "call").flatMap((call) => {
        const [text] = call.arguments;
        const isKnown =
          text === undefined ||
          text.kind === "literal" ||
          collect(text, "call").some((inner) => escapes.test(`${inner.module ?? ""}.${inner.function}`));
        return printsRaw(call) && !isKnown ? [{ path, span: call.segment }] : [];
      }),
    ),
  );
}

const escapes = /escape|sanitiz|scrub|encode|gettext|safe|render/i;

function printsRaw({ module, function: name }: Callee): boolean {
  return name === "raw" && (module === null || module === "Phoenix.HTML");
}

function servesPages(plugs: readonly Plug[]): boolean {
  const accepted = plugs.find(({ name }) => name === "accepts")?.options ?? null;
  return elementsOf(accepted).some(
    (format) => stringOf(format) === "html" || collect(format, "literal").some(({ value }) => value === "html"),
  );
}

function isUsed(pipeline: string, { module }: Router, project: Project): boolean {
  return project.routes.some((route) => route.router === module && route.pipelines.includes(pipeline));
}
