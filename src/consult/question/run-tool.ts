import * as z from "zod";
import type { AuditedFinding } from "../../model/audit.js";
import type { Consultation } from "../../model/consultation.js";
import type { ProjectFunction } from "../../model/project.js";
import { positionOf } from "../../model/span.js";
import type { ToolCall } from "../../model/talk.js";
import { callersOf } from "../../project/callers-of.js";
import { effectsOf } from "../../project/effects-of.js";
import { supervisorsOf } from "../../project/supervisors-of.js";
import { fence, numbered } from "../fence.js";
import { textAt } from "../lines.js";
import { describeRoute, describeTable } from "../material/repository.js";
import { createModelCopy } from "../model-copy.js";
import { toolNames } from "./tools.js";

/** Characters of one result at most. */
const longest = 20_000;
/** Entries of one list at most. */
const most = 60;

const Input = z.object({
  path: z.string().optional(),
  first: z.number().int().optional(),
  last: z.number().int().optional(),
  text: z.string().optional(),
  name: z.string().optional(),
  function: z.string().optional(),
  module: z.string().optional(),
  about: z.string().optional(),
});
type Input = z.infer<typeof Input>;

export interface ToolResult {
  readonly text: string;
  readonly isError: boolean;
}

/** Runs one call over the analysed project: it reads what analysis read and nothing else. A tool nobody offered is an error, not an action. */
export function runTool({ name, input }: ToolCall, consultation: Consultation): ToolResult {
  const given = Input.safeParse(input);
  const run = toolNames.has(name) ? runs[name] : undefined;
  if (run === undefined) return { text: "There is no such tool.", isError: true };
  if (!given.success) return { text: "The input is not what the tool takes.", isError: true };
  const found = run(given.data, consultation);
  if (found === null) return { text: "Nothing of that name is in the project.", isError: true };
  const copied = createModelCopy([...consultation.sources.map((source) => source.text)])(found);
  const cut = copied.length <= longest ? copied : `${copied.slice(0, copied.lastIndexOf("\n", longest))}\n[the rest is not shown]`;
  return { text: fence("project", { tool: name }, cut), isError: false };
}

type Run = (input: Input, consultation: Consultation) => string | null;

const runs: Readonly<Record<string, Run>> = {
  read: ({ path = "", first = 1, last }, consultation) => {
    const text = sourceText(path, consultation);
    if (text === null) return null;
    const from = Math.max(1, first);
    const lines = text.split("\n");
    return numbered(lines.slice(from - 1, Math.min(last ?? from + 199, from + 399)), from);
  },
  search: ({ text = "" }, consultation) => {
    if (text.trim().length < 2) return null;
    const hits = [...consultation.project.files.keys()].flatMap((path) => hitsIn(path, text, consultation));
    return hits.length === 0 ? "No line holds it." : listed(hits);
  },
  symbol: ({ name = "" }, consultation) => functionCode(name, consultation) ?? moduleOutline(name, consultation),
  callers: ({ function: id = "" }, consultation) => {
    if (!consultation.project.functions.has(id)) return null;
    const sites = callersOf(consultation.project, id).map(
      (site) => `${site.caller} at ${site.path}:${lineOf(site.path, site.span.start, consultation)}`,
    );
    return sites.length === 0 ? "Nothing in the project calls it directly." : listed(sites);
  },
  table: ({ name = "" }, { project }) => {
    const table = project.database.tables.get(name);
    return table === undefined ? null : describeTable(table);
  },
  route: ({ about = "" }, { project }) => {
    const routes = project.routes.filter((route) =>
      `${route.verb} ${route.path} ${route.module}`.toLowerCase().includes(about.toLowerCase()),
    );
    return routes.length === 0 ? null : listed(routes.map(describeRoute));
  },
  process: ({ module = "" }, { project }) => {
    const processes = project.processes.filter((process) => module === "" || process.module === module);
    const told = processes.map((process) => {
      const [place] = supervisorsOf(project, process.module);
      return `${process.module} (${process.behaviour}, ${process.path}): ${place === undefined ? "no supervisor was found" : `supervised at ${place.path}`}`;
    });
    return told.length === 0 ? null : listed(told);
  },
  findings: ({ path }, { findings }) =>
    listed(findings.filter(({ place }) => path === undefined || place.path === path).map(findingLine)) || "None.",
  decisions: (_input, { decisions }) =>
    listed(decisions.map(({ rule, verdict, reason, anchor }) => `${rule} at ${anchor.path}: ${verdict}, ${reason}`)) || "None.",
};

/** Only files that were analysed, by their own path: nothing on a disk can be named. */
function sourceText(path: string, consultation: Consultation): string | null {
  const plain = path.replace(/^\.\//, "");
  const isKnown = consultation.project.files.has(plain) || consultation.sources.some((source) => source.path === plain);
  return isKnown ? textAt(consultation, plain) : null;
}

function hitsIn(path: string, wanted: string, consultation: Consultation): string[] {
  const text = textAt(consultation, path) ?? "";
  if (!text.includes(wanted)) return [];
  return text.split("\n").flatMap((line, index) => (line.includes(wanted) ? [`${path}:${index + 1}: ${line.trim().slice(0, 160)}`] : []));
}

function functionCode(id: string, consultation: Consultation): string | null {
  const found = consultation.project.functions.get(id);
  if (found === undefined) return null;
  const { project } = consultation;
  const calls = [...new Set((project.calls.get(id) ?? []).map(({ callee }) => callee))];
  const effects = [...effectsOf(project, id).keys()];
  return [
    codeOf(found, consultation),
    `calls: ${calls.join(", ") || "nothing of the project"}`,
    `effects: ${effects.join(", ") || "none"}`,
  ].join("\n");
}

function codeOf(found: ProjectFunction, consultation: Consultation): string {
  const text = textAt(consultation, found.path) ?? "";
  const [first, last] = [found.facts.clauses[0]?.span.start ?? 0, found.facts.clauses.at(-1)?.span.end ?? 0];
  const from = lineOf(found.path, first, consultation);
  return `${found.path}\n${numbered(text.split("\n").slice(from - 1, lineOf(found.path, last, consultation)), from)}`;
}

function moduleOutline(name: string, { project }: Consultation): string | null {
  const module = project.modules.get(name);
  if (module === undefined) return null;
  const functions = module.facts.functions.map(({ name: own, arity, visibility }) => `${visibility} ${own}/${arity}`);
  return `${name} (${module.role}, ${module.path})\n${listed(functions)}`;
}

function findingLine({ rule, severity, place, message }: AuditedFinding): string {
  return `${severity} ${rule} at ${place.path}:${place.line}: ${message}`;
}

function lineOf(path: string, offset: number, { project }: Consultation): number {
  return positionOf(project.files.get(path)?.lineStarts ?? [0], offset).line;
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, most).join("\n");
  return items.length > most ? `${shown}\n[and ${items.length - most} more]` : shown;
}
