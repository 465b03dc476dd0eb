import type { Call, Expression, Tuple } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { findFunction } from "../../../project/find-function.js";
import { atomOf, stringOf } from "../../../project/values.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { type Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { anyOf, definitionsCalling, definitionsNamed, selectedIn } from "../../shared/selections.js";
import { sentTo } from "../../shared/sent.js";
import { together } from "../../shared/located.js";
import { isFreeTextField } from "../../shared/text-fields.js";
import { written } from "../../shared/written.js";

type Way = "request" | "built" | "line";
type Slots = { call: string; value: string; way: Way };

const mayPrint = anyOf(
  definitionsCalling(printsHtml),
  definitionsNamed((name) => /safe|html|tag|link|icon|render|format|markdown|highlight/.test(name)),
);

export const htmlFromInput = defineRule<Slots>({
  id: "html-from-input",
  title: "Text reaches a page without being escaped",
  trigger: "critical_pattern",
  area: "security",
  severity: "high",
  cwe: ["CWE-79"],
  silencedBy: { sobelow: ["XSS.Raw", "XSS.HTML", "XSS.SendResp", "XSS.ContentType"] },
  fix: "escape-html",
  where: mayPrint,
  match(facts, project) {
    const matches = selectedIn(mayPrint, facts, project).flatMap((definition) =>
      sinksIn(definition, project).flatMap((sink) => matchOf(sink, definition, project)),
    );
    const isLine = ({ slots }: Match<Slots>): boolean => slots.way === "line";
    return [
      ...matches.filter((match) => !isLine(match)),
      ...together(matches.filter(isLine), facts, "this one is printed as it stands too"),
    ];
  },
  what: ({ call, value, way }) =>
    ({
      request: `${call} puts ${value} into a page as it stands, and a client sends it.`,
      built: `${call} marks HTML as safe that was put together by hand, with ${value} in it as it stands.`,
      line: `${call} prints ${value} as it stands, a line of text that is no markup.`,
    })[way],
  why: ({ way }) =>
    way === "request"
      ? "Whoever makes somebody open a link with a `<script>` in it acts with that person's session."
      : "Text is escaped only where a template prints it: what somebody wrote into this field runs as a script for everyone who sees the page.",
  instead: ({ way }) =>
    ({
      request:
        "Print it in a template, which escapes it; where its markup is wanted, run it through a sanitizer such as `HtmlSanitizeEx.basic_html/1`.",
      built: "Write the markup in a template or with `Phoenix.HTML` tags, and let them print the value.",
      line: "Print it without `raw`: a name or title needs no markup.",
    })[way],
  notWhen: [
    "The value is written in the source, translated, a number, or the result of another template.",
    "It goes through a function that escapes or sanitizes.",
    "A function of the project happens to be called `html` or `raw`.",
    "The answer is JSON or plain text.",
    "What is marked as safe is stored HTML or Markdown, whose writers cannot be told from the code; only names, titles and other single lines are told of.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.SearchController do
  use Phoenix.Controller

  def index(conn, %{"q" => q}) do
    html(conn, "<h1>Results for #{q}</h1>")
  end
end
`,
      at: `html(conn, "<h1>Results for #{q}</h1>")`,
      good: `defmodule ShopWeb.SearchController do
  use Phoenix.Controller

  def index(conn, %{"q" => q}) do
    html(conn, "<h1>Results for #{Plug.HTML.html_escape(q)}</h1>")
  end
end
`,
    },
    {
      bad: {
        "lib/shop/author.ex": `defmodule Shop.Author do
  use Ecto.Schema

  schema "authors" do
    field :nickname, :string
  end
end
`,
        "lib/shop_web/author_helpers.ex": `defmodule ShopWeb.AuthorHelpers do
  import Phoenix.HTML

  def author_badge(author) do
    raw("<b class=\\"author\\">#{author.nickname}</b>")
  end
end
`,
      },
      at: `raw("<b class=\\"author\\">#{author.nickname}</b>")`,
      good: {
        "lib/shop/author.ex": `defmodule Shop.Author do
  use Ecto.Schema

  schema "authors" do
    field :nickname, :string
  end
end
`,
        "lib/shop_web/author_helpers.ex": `defmodule ShopWeb.AuthorHelpers do
  import Phoenix.HTML

  def author_badge(author) do
    raw("<b class=\\"author\\">#{author.nickname |> html_escape() |> safe_to_string()}</b>")
  end
end
`,
      },
    },
  ],
});

const cleans =
  /escape|sanitize|scrub|strip_tags|safe_to_string|encode|slug|gettext|basic_html|valid|allow|^(Integer|Float|Date|DateTime|Ecto\.UUID|Jason|Routes|Calendar)\./i;

function printsHtml({ module, function: name }: Callee): boolean {
  return (
    /^(raw|html|send_resp|put_resp_content_type)$/.test(name) &&
    (module === null || /^(Phoenix\.(HTML|Controller)|Plug\.Conn)$/.test(module))
  );
}

interface Sink {
  readonly shown: Call | Tuple;
  readonly name: string;
  readonly text: Expression;
}

/** What a clause gives out as HTML without escaping it. */
function sinksIn({ body, function: entry }: Definition, project: Project): Sink[] {
  const calls = collect(body, "call");
  const servesHtml = calls.some(isHtmlType);
  const called = calls.flatMap((call): Sink[] => {
    if (!printsHtml(call)) return [];
    if (call.module === null && findFunction(project, entry.module, call.function, call.arguments.length) !== null) return [];
    const text = textOf(call, servesHtml);
    return text === undefined ? [] : [{ shown: call, name: `\`${call.function}\``, text }];
  });
  const tuples = collect(body, "tuple").flatMap((tuple): Sink[] => {
    const [tag, text] = tuple.elements;
    return tuple.elements.length === 2 && text !== undefined && atomOf(tag) === "safe"
      ? [{ shown: tuple, name: "`{:safe, …}`", text }]
      : [];
  });
  return [...called, ...tuples];
}

function textOf({ function: name, arguments: given }: Call, servesHtml: boolean): Expression | undefined {
  if (name === "raw") return given[0];
  if (name === "html" || name === "put_resp_content_type") return given[1];
  return given.length === 3 && (servesHtml || isMarkup(given[2])) ? given[2] : undefined;
}

/** `put_resp_content_type(conn, "text/html")`, also by `put_resp_header`. */
function isHtmlType({ function: name, arguments: given }: Call): boolean {
  return /^put_resp_(content_type|header)$/.test(name) && given.some((argument) => (stringOf(argument) ?? "").startsWith("text/html"));
}

function isMarkup(text: Expression | undefined): boolean {
  return text?.kind === "interpolation" && text.parts.some((part) => part.kind === "literal" && /<[a-z!/]/i.test(part.value));
}

function matchOf({ shown, name, text }: Sink, definition: Definition, project: Project): Match<Slots>[] {
  const steps = sentTo(text, definition, project, { cleans, within: "text" });
  if (steps !== null) return [matchAt(shown, name, text, "request", steps)];
  if (name === "`send_resp`" || name === "`put_resp_content_type`") return [];
  if (isLineOfText(text, project)) return [matchAt(shown, name, text, "line", [])];
  const loose = piecesOf(text).find((part) => isStoredText(part, project));
  if (loose === undefined) return [];
  const clue = { at: { path: definition.function.path, span: loose.span }, note: "this is put in without being escaped" };
  return [matchAt(shown, name, loose, "built", [clue])];
}

function matchAt(shown: Call | Tuple, call: string, value: Expression, way: Way, evidence: readonly Clue[]): Match<Slots> {
  const code = written(value);
  const span = shown.kind === "call" ? shown.segment : shown.span;
  const slots = { call, value: code === "…" ? "what it is given" : `\`${code}\``, way };
  return { span, confidence: "likely", severity: way === "request" ? "high" : "medium", slots, evidence };
}

/** What is put between tags of text that is written as HTML. */
function piecesOf(text: Expression): readonly Expression[] {
  return isMarkup(text) && text.kind === "interpolation" ? text.parts.filter(({ kind }) => kind !== "literal") : [];
}

function isStoredText(part: Expression, project: Project): boolean {
  return part.kind === "access" && part.field !== null && isFreeTextField(part.field, project);
}

const oneLine =
  /(^|_)(names?|title|handle|nick|nickname|username|subject|label|headline|city|address|company|caption|tagline|location|occupation|school)$/;

/** A field that holds a name or a title: nobody means markup there. */
function isLineOfText(text: Expression, project: Project): boolean {
  if (text.kind !== "access" || (text.subject.kind === "variable" && text.subject.name === "assigns")) return false;
  return oneLine.test(text.field ?? "") && isStoredText(text, project);
}
