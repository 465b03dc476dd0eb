import type { Facts, ModuleFacts } from "../../../model/facts.js";
import type { Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { atomOf, optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { callsOfClausesCalling } from "../../shared/clause-calls.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { place: string; how: "definition" | "live" };

export const uploadOfAnyType = defineRule<Slots>({
  id: "upload-of-any-type",
  title: "Files of any type are taken and served again",
  trigger: "critical_pattern",
  area: "security",
  severity: "medium",
  cwe: ["CWE-434"],
  silencedBy: {},
  languages: ["elixir"],
  match(facts) {
    return isProduction(facts.path) ? facts.modules.flatMap((module) => matchesIn(module, facts)) : [];
  },
  what: ({ place, how }) =>
    how === "definition"
      ? `\`${place}\` stores uploads and has no \`validate/1\`: it takes files of any type.`
      : `\`${place}\` takes uploads of any type and keeps them where pages are served from.`,
  why: () =>
    "A page or an SVG with a script in it, uploaded as a picture, runs in the browser of whoever opens it, with this site's cookies where it is served from the same host.",
  instead: ({ how }) =>
    how === "definition"
      ? "Define `validate({file, _})` that lets the few endings through which are meant, and serve the files from another host or as attachments."
      : "Name the types in `accept:`, check what arrived, and serve the files from another host or as attachments.",
  notWhen: [
    "The module defines `validate/1`.",
    "Its name does not say that people upload what it stores (an avatar, an image, an attachment).",
    "A LiveView takes any type and keeps it elsewhere: what becomes of it is not told there.",
    "The code is a test.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Avatar do
  use Waffle.Definition

  @versions [:original]
end
`,
      at: "use Waffle.Definition",
      good: `defmodule Shop.Avatar do
  use Waffle.Definition

  @versions [:original]

  def validate({file, _}), do: Path.extname(file.file_name) in [".png", ".jpg"]
end
`,
    },
    {
      bad: `defmodule ShopWeb.FilesLive do
  use Phoenix.LiveView

  def mount(_params, _session, socket), do: {:ok, allow_upload(socket, :files, accept: :any)}

  def handle_event("save", _params, socket) do
    consume_uploaded_entries(socket, :files, fn %{path: path}, entry ->
      File.cp!(path, Path.join(["priv", "static", "uploads", entry.client_name]))
      {:ok, entry.client_name}
    end)

    {:noreply, socket}
  end
end
`,
      at: "allow_upload(socket, :files, accept: :any)",
      good: `defmodule ShopWeb.FilesLive do
  use Phoenix.LiveView

  def mount(_params, _session, socket), do: {:ok, allow_upload(socket, :files, accept: ~w(.pdf))}

  def handle_event("save", _params, socket) do
    consume_uploaded_entries(socket, :files, fn %{path: path}, entry ->
      File.cp!(path, Path.join(["priv", "static", "uploads", entry.client_name]))
      {:ok, entry.client_name}
    end)

    {:noreply, socket}
  end
end
`,
    },
  ],
});

/** What people upload, as the module's name has it: other definitions keep files that the program made. */
const forPeople = /avatar|image|photo|picture|logo|icon|cover|banner|attachment|upload|thumb|document|media/i;
const definition = /^(Waffle|Arc)\.Definition$/;

function matchesIn(module: ModuleFacts, facts: Facts): Match<Slots>[] {
  return [...definitionIn(module), ...takenIn(module)].map(({ span, how }) => ({
    span,
    confidence: "likely" as const,
    slots: { place: spoken(module.name), how },
    evidence: how === "live" ? keptIn(module).map((at) => ({ at: { path: facts.path, span: at }, note: "it is kept here" })) : [],
  }));
}

interface Taken {
  readonly span: Span;
  readonly how: Slots["how"];
}

function definitionIn({ name, uses, functions }: ModuleFacts): Taken[] {
  const use = uses.find(({ module }) => definition.test(module));
  if (use === undefined || !forPeople.test(name) || functions.some(({ name, arity }) => name === "validate" && arity === 1)) return [];
  return [{ span: use.span, how: "definition" }];
}

function takenIn(module: ModuleFacts): Taken[] {
  const allowed = callsOfClausesCalling(module, "allow_upload");
  if (allowed.length === 0 || keptIn(module).length === 0) return [];
  return allowed
    .filter((call) => call.function === "allow_upload" && atomOf(optionOf(call, "accept")) === "any")
    .map((call) => ({ span: call.segment, how: "live" as const }));
}

/** Where a file is copied below `static` or `uploads`. */
function keptIn(module: ModuleFacts): Span[] {
  return callsIn(module)
    .filter((call) => call.module === "File" && /^(cp|rename|copy)!?$/.test(call.function))
    .filter((call) => collect(call, "literal").some(({ type, value }) => type === "string" && /(^|\/)(static|uploads)(\/|$)/.test(value)))
    .map((call) => call.segment);
}

function callsIn({ functions }: ModuleFacts): ReturnType<typeof collect<"call">> {
  return functions.flatMap(({ clauses }) => clauses.flatMap(({ body }) => (body === null ? [] : collect(body, "call"))));
}
