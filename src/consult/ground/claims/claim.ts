import type { Consultation } from "../../../model/consultation.js";
import type { ProjectFunction, Route } from "../../../model/project.js";
import { functionAt } from "../../../project/function-at.js";
import { reachOf } from "../../../project/reach-of.js";
import { textAt } from "../../lines.js";

/** What is claimed, all of its words together, and where. */
export interface Claim {
  /** Empty for a sentence that speaks of no file in particular. */
  readonly path: string;
  readonly text: string;
  readonly quote: string;
  /** Where the quote was found; null for a sentence without one. */
  readonly lines: { readonly line: number; readonly endLine: number } | null;
}

/** A claim with what the project knows about its place. */
export interface Judged extends Claim {
  readonly consultation: Consultation;
  /** The function the quote stands in; null outside any. */
  readonly around: ProjectFunction | null;
  /** Text of that function, else of the quote. */
  readonly code: string;
  /** The same with the functions of the project it leads to in two calls at most; outside any function, with the whole file. */
  readonly reached: string;
}

/** The project fact a claim contradicts, as a reason; null when it contradicts none. */
export type Refute = (claim: Judged) => string | null;

/** Looks up where a claim stands. */
export function judge(claim: Claim, consultation: Consultation): Judged {
  const around = enclosing(claim, consultation);
  const code = around === null ? claim.quote : textOfFunction(around, consultation);
  const called = around === null ? [] : reachOf(around.id, consultation.project, 2);
  const reached = called.flatMap((id) => consultation.project.functions.get(id) ?? []).map((found) => textOfFunction(found, consultation));
  const whole = around === null ? (textAt(consultation, claim.path) ?? "") : "";
  return { ...claim, consultation, around, code, reached: [code, ...reached, whole].join("\n") };
}

function enclosing({ path, lines }: Claim, { project }: Consultation): ProjectFunction | null {
  const facts = project.files.get(path);
  if (lines === null || facts === undefined) return null;
  for (let line = lines.line; line <= lines.endLine; line += 1) {
    const start = facts.lineStarts[line - 1];
    const next = facts.lineStarts[line] ?? start;
    if (start === undefined || next === undefined) continue;
    const found = inLine(path, start, next, project);
    if (found !== null) return found;
  }
  return null;
}

/** The function that holds some place of a line: a line's own indentation belongs to no one-line function. */
function inLine(path: string, start: number, end: number, project: Consultation["project"]): ProjectFunction | null {
  for (let at = start; at < end; at += 1) {
    const found = functionAt(project, path, { start: at, end: at });
    if (found !== null) return found;
  }
  return null;
}

function textOfFunction(found: ProjectFunction, consultation: Consultation): string {
  const text = textAt(consultation, found.path) ?? "";
  return found.facts.clauses.map(({ span }) => text.slice(span.start, span.end)).join("\n");
}

const lacks =
  "(?:no|not|missing|lacks?|lacking|without|un|isn't|aren't|doesn't|is not|never|nothing|absent|omits?|forgets?|add an?|needs? an?|there is no)";
/** Words of one sentence: a full stop inside a name ends nothing. */
const between = "(?:[\\w\\s`:_/()'-]|\\.(?=\\w)){0,60}?";

/** Whether the text says that something (a pattern) is missing. */
export function saysMissing(text: string, subject: string): boolean {
  return new RegExp(
    `\\b${lacks}\\b${between}(?:${subject})|(?:${subject})${between}\\b(?:missing|lacking|absent|does not exist|do not exist|not (?:there|set|used|defined))\\b`,
    "i",
  ).test(text);
}

/** Functions of the project that the claim names with their arity, those of its own file first. */
export function namedFunctions({ text, path, consultation }: Judged): ProjectFunction[] {
  const named = [...text.matchAll(/([A-Z][\w.]*\.)?([a-z_]\w*[?!]?)\/(\d+)/g)];
  return named.flatMap(([, module, name, arity]) => {
    const owner = module?.slice(0, -1) ?? null;
    const fitting = [...consultation.project.functions.values()].filter(
      (found) =>
        found.facts.name === name &&
        found.facts.arity === Number(arity) &&
        (owner === null ? path === "" || found.path === path : found.module === owner || found.module.endsWith(`.${owner}`)),
    );
    return fitting.slice(0, 1);
  });
}

/** The function a claim is about: the one it names, else the one around its quote. */
export function subjectOf(claim: Judged): ProjectFunction | null {
  return namedFunctions(claim)[0] ?? claim.around;
}

/** Routes that lead to the code the claim is about. */
export function routesOf(claim: Judged): Route[] {
  const { project } = claim.consultation;
  const subject = subjectOf(claim);
  const path = subject?.path ?? claim.path;
  return project.routes.filter((route) => {
    if (project.modules.get(route.module)?.path !== path)
      return claim.text.includes(` ${route.path}`) || claim.text.includes(`\`${route.path}\``);
    return subject === null || route.verb === "live" || route.action === null || route.action === subject.facts.name;
  });
}
