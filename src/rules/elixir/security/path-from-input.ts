import type { Call, Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { sentTo } from "../../shared/sent.js";
import { written } from "../../shared/written.js";

type Slots = { call: string; path: string; does: "reads" | "writes" | "removes"; suffix: string };

const callers = definitionsCalling(takesPath);

export const pathFromInput = defineRule<Slots>({
  id: "path-from-input",
  title: "A client chooses which file is read, written or removed",
  trigger: "critical_pattern",
  area: "security",
  severity: "high",
  cwe: ["CWE-22", "CWE-73"],
  silencedBy: { sobelow: ["Traversal.FileModule", "Traversal.SendFile", "Traversal.SendDownload"] },
  fix: "stay-in-folder",
  languages: ["elixir"],
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ call, path, does }) => `\`${call}\` ${does} the file that ${path} names, and a client chooses the name.`,
  why: ({ does, suffix }) =>
    `\`../\` in it leads out of the folder: ${
      {
        reads: "configuration, keys and other people's files can be read",
        writes: "files the application runs or serves can be replaced",
        removes: "any file the application may touch can be removed",
      }[does]
    }${suffix === "" ? "" : `, as far as they end in \`${suffix}\``}.`,
  instead: () =>
    "Look the name up among those that exist, or keep what `Path.safe_relative(name)` gives back (`Path.basename/1` for a plain name) before it is joined to the folder, and answer 404 otherwise.",
  notWhen: [
    "The name is written in the source, configured, generated or comes from the database.",
    "`Path.basename`, `Path.safe_relative`, a membership test, a guard or a check has looked at it.",
    "It is where the server itself put an upload (`upload.path`).",
    "The value cannot be followed to what a client sent.",
    "The code is a test, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.InvoiceController do
  use Phoenix.Controller

  def show(conn, %{"file" => file}) do
    send_file(conn, 200, Path.join("/srv/invoices", file))
  end
end
`,
      at: `send_file(conn, 200, Path.join("/srv/invoices", file))`,
      good: `defmodule ShopWeb.InvoiceController do
  use Phoenix.Controller

  def show(conn, %{"file" => file}) do
    send_file(conn, 200, Path.join("/srv/invoices", Path.basename(file)))
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.PictureController do
  use Phoenix.Controller

  def create(conn, %{"picture" => picture}) do
    Shop.Pictures.keep(picture)
    send_resp(conn, 204, "")
  end
end

defmodule Shop.Pictures do
  def keep(upload) do
    target = "/srv/pictures/#{upload.filename}"
    File.cp!(upload.path, target)
  end
end
`,
      at: "File.cp!(upload.path, target)",
      good: `defmodule ShopWeb.PictureController do
  use Phoenix.Controller

  def create(conn, %{"picture" => picture}) do
    Shop.Pictures.keep(picture)
    send_resp(conn, 204, "")
  end
end

defmodule Shop.Pictures do
  def keep(upload) do
    target = "/srv/pictures/#{Ecto.UUID.generate()}"
    File.cp!(upload.path, target)
  end
end
`,
    },
  ],
});

const reading = /^(read!?|stream!?|open!?|ls!?|read_link!?)$/;
const writing = /^(write!?|cp!?|cp_r!?|copy!?|rename!?|ln_s!?|mkdir_p!?|touch!?|chmod!?)$/;
const removing = /^(rm!?|rm_rf!?|rmdir!?)$/;
const sending = /^(send_file|send_download)$/;
const cleans =
  /basename|safe_relative|slug|uuid|hash|digest|sanitize|valid|allow|permit|known|safe|check|verif|^(Integer|Float|Date|Ecto\.UUID)\./i;

function takesPath({ module, function: name }: Callee): boolean {
  if (sending.test(name)) return module === null || /^(Plug\.Conn|Phoenix\.Controller)$/.test(module);
  return module === "File" && (reading.test(name) || writing.test(name) || removing.test(name));
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  if (!takesPath(call)) return [];
  for (const path of pathsOf(call)) {
    const steps = sentTo(path, definition, project, { cleans, within: "segment" });
    if (steps === null) continue;
    const text = written(path);
    const does = removing.test(call.function) ? "removes" : writing.test(call.function) ? "writes" : "reads";
    const suffix = suffixOf(path);
    const slots = {
      call: `${call.module === null || call.module !== "File" ? "" : "File."}${call.function}`,
      path: text === "…" ? "the path" : `\`${text}\``,
      does,
      suffix,
    } as const;
    return [{ span: call.segment, confidence: "likely", severity: suffix === "" ? "high" : "medium", slots, evidence: steps }];
  }
  return [];
}

function pathsOf({ function: name, arguments: given }: Call): Expression[] {
  if (name === "send_file") return given.slice(2, 3);
  if (name === "send_download") {
    const [, source] = given;
    return source?.kind === "tuple" && atomOf(source.elements[0]) === "file" ? source.elements.slice(1) : [];
  }
  return /^(cp|copy|rename|ln_s)/.test(name) ? given.slice(0, 2) : given.slice(0, 1);
}

/** The ending a path has in any case: `"#{name}.json"`. */
function suffixOf(path: Expression): string {
  const texts = collect(path, "interpolation").flatMap(({ parts }) => parts.slice(-1));
  const ending = texts.at(-1);
  return ending?.kind === "literal" && /^\.\w+$/.test(ending.value) ? ending.value : "";
}
