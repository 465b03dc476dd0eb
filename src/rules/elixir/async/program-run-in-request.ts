import type { Expression } from "../../../model/expression.js";
import type { FunctionId, Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import type { EffectSite } from "../../../project/effects-of.js";
import { effectsWithin } from "../../../project/effects-of.js";
import { atomOf, stringOf } from "../../../project/values.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { resolved } from "../../shared/bound-values.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { runsElsewhere } from "../../shared/process-calls.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; call: string; program: string; request: string };

const running = definitionsCalling(mayRunProgram);

export const programRunInRequest = defineRule<Slots>({
  id: "program-run-in-request",
  title: "A program works on images, documents or archives while a request waits",
  trigger: "synchronous_when_should_be_async",
  area: "async",
  severity: "medium",
  cwe: ["CWE-1088"],
  silencedBy: {},
  where: running,
  match(facts, project) {
    return selectedIn(running, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ inside, call, program, request }) =>
    `\`${inside}\` runs \`${program}\` with \`${call}\`${request === inside ? "" : `, and \`${request}\` waits for it`}.`,
  why: ({ program }) =>
    `\`${program}\` takes seconds and a core of the machine for each request, and has no limit of its own: a large or broken input keeps the request open, and a few at once take the node's memory and processors from everybody else.`,
  instead: () =>
    "Do it in a background job that stores the result, answer at once, and let the page ask for it or be told (PubSub); limit how many run at a time by the queue's size.",
  notWhen: [
    "It runs in a job, a task or another process.",
    "The program is none that is known to be slow (`git rev-parse`, `uname`), or its name is not written.",
    "Only tests, scripts, mix tasks or workers lead to it.",
    "More than five functions lie between the request and the program (then it is `possible`).",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.InvoiceController do
  use Phoenix.Controller

  def show(conn, %{"id" => id}) do
    {pdf, 0} = System.cmd("wkhtmltopdf", [Shop.Invoices.html_path(id), "-"])
    send_download(conn, {:binary, pdf}, filename: "invoice.pdf")
  end
end
`,
      at: 'System.cmd("wkhtmltopdf", [Shop.Invoices.html_path(id), "-"])',
      good: `defmodule ShopWeb.InvoiceController do
  use Phoenix.Controller

  def show(conn, %{"id" => id}) do
    Task.Supervisor.start_child(Shop.Tasks, fn ->
      {pdf, 0} = System.cmd("wkhtmltopdf", [Shop.Invoices.html_path(id), "-"])
      Shop.Invoices.store(id, pdf)
    end)

    send_resp(conn, 202, "")
  end
end
`,
    },
  ],
});

const runners = /^(System|:os|MuonTrap|Rambo|Exile|Porcelain)$/;
const libraries: ReadonlyMap<string, string> = new Map([
  ["Mogrify", "ImageMagick"],
  ["PdfGenerator", "wkhtmltopdf"],
  ["ChromicPDF", "Chrome"],
  ["FFmpex", "ffmpeg"],
  ["Thumbnex", "ffmpeg"],
]);

/** Programs that work on whole files. */
const slow =
  /(^|[\s/])(convert|magick|mogrify|montage|identify|ffmpeg|ffprobe|wkhtmltopdf|wkhtmltoimage|pandoc|soffice|libreoffice|unoconv|gs|pdftoppm|pdftotext|mutool|chrome|chromium|google-chrome|puppeteer|playwright|tesseract|inkscape|rsvg-convert|svg2png|zip|unzip|tar|7z|pg_dump|mysqldump|latex|pdflatex|xelatex|typst|sox|gifsicle|cwebp)(?=$|\s)/;

function mayRunProgram({ module }: Callee): boolean {
  return module !== null && (runners.test(module) || libraries.has(module));
}

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const path = requestPath(project, definition.id);
  if (path === null) return [];
  const sites = effectsWithin(project, definition.id, definition.clause.span).filter(
    ({ effect, callee, deferred, span }) => effect === "command" && callee === null && !deferred && !runsElsewhere(definition, span),
  );
  // The first of a clause: the others stand beside it.
  return sites.slice(0, 1).flatMap((site) => {
    const program = programOf(site, definition);
    if (program === null) return [];
    return [
      {
        span: site.span,
        confidence: path.length > 6 ? "possible" : "likely",
        slots: { inside: spoken(definition.id), call: spoken(site.call), program, request: spoken(path[0] ?? definition.id) },
        evidence: cluesOf(path, project),
      },
    ];
  });
}

/** What runs: the library's program, or the one that is named. */
function programOf(site: EffectSite, { body }: Definition): string | null {
  const call = collect(body, "call").find(({ segment, module }) => segment.start === site.span.start && module !== null);
  const known = libraries.get(call?.module ?? "");
  if (known !== undefined) return known;
  const named = call?.arguments[0];
  const text = named === undefined ? null : textOf(resolved(named, body));
  return text === null ? null : (slow.exec(text)?.[2] ?? null);
}

/** The command as written: a text, its beginning, or `:os.cmd(~c"convert …")`. */
function textOf(value: Expression): string | null {
  if (value.kind === "interpolation") return stringOf(value.parts[0]) ?? (value.parts[0]?.kind === "literal" ? value.parts[0].value : null);
  return stringOf(value) ?? atomOf(value);
}

function cluesOf(path: readonly FunctionId[], project: Project): Clue[] {
  return path.slice(0, -1).flatMap((caller, position) => {
    const site = (project.calls.get(caller) ?? []).find(({ callee }) => callee === path[position + 1]);
    return site === undefined ? [] : [{ at: site, note: `${spoken(caller)} calls ${spoken(site.callee)}` }];
  });
}
