import type { Expression } from "../../model/expression.js";
import type { Association, ProjectFunction } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import { underscore } from "../../project/underscore.js";
import { isPermissionCheck, namesRequester } from "./permission.js";
import type { RecordByRequest } from "./request-records.js";

/** Something that can limit the look-up is given along: an assign, who is asking, the parent, or what was made of one. */
export function isLimited({ call, clause, position }: RecordByRequest, { foreignKey }: Association): boolean {
  const limiting = new Set(["conn", "socket", "resolution", "info", "_info", "context"]);
  for (const name of boundUnder(clause.parameters, foreignKey ?? "")) limiting.add(name);
  const limits = (code: Expression): boolean =>
    namesRequester(code) ||
    collect(code, "access").some(({ field, key }) => field === "assigns" || (key?.kind === "literal" && key.value === foreignKey)) ||
    collect(code, "variable").some(({ name }) => limiting.has(name) && !isParameters(code));
  for (const { pattern, value } of clause.body === null ? [] : collect(clause.body, "match"))
    if (value.span.start < call.span.start && !contains(value.span, call.span) && limits(value))
      for (const { name } of collect(pattern, "variable")) limiting.add(name);
  return call.arguments.some((argument, at) => (at !== position || argument.kind !== "access") && limits(argument));
}

/** `conn.params["id"]`: the connection is not given along, the client's word is. */
function isParameters(code: Expression): boolean {
  return collect(code, "access").some(({ field }) => field === "params");
}

/** A function on the way has a word for the parent's key: it may hold it against something. */
export function speaksOf({ foreignKey }: Association, { facts }: ProjectFunction): boolean {
  return facts.clauses.some(({ parameters, body }) =>
    [...parameters, body].some((code) => code !== null && namesField(code, foreignKey ?? "")),
  );
}

function namesField(code: Expression, field: string): boolean {
  let found = false;
  walk(code, (part) => {
    if (part.kind === "access") found ||= part.field === field;
    if (part.kind === "keyword") found ||= part.entries.some(({ key }) => key === field);
    if (part.kind === "map") found ||= part.entries.some(({ key }) => key.kind === "literal" && key.type === "atom" && key.value === field);
    return !found;
  });
  return found;
}

/** Whether the clause looks at the parent of what it found, or gives the record to something that can. */
export function looksAtParent({ name, foreignKey, schema }: Association, { call, parameter, clause }: RecordByRequest): boolean {
  const { body, parameters } = clause;
  if (body === null || namesField(body, foreignKey ?? "")) return true;
  const parents = [name, underscore((schema ?? "").split(".").at(-1) ?? "")].filter((word) => word !== "").join("|");
  const named = new RegExp(`(^|_)(${parents})(s?_|s?$|\\?)`);
  const records = new Set([...boundTo(call, body), ...boundUnder(parameters, parameter)]);
  const mentions = (code: Expression): boolean => code === call || collect(code, "variable").some((variable) => records.has(variable.name));
  const first = parameters[0]?.kind === "variable" ? parameters[0].name.replace(/^_/, "") : "";
  const knows = (code: Expression): boolean => namesRequester(code) || collect(code, "access").some(({ field }) => field === name);
  let found = false;
  walk(body, (part) => {
    if (part.kind === "access") found ||= part.field === name && !isAssigns(part.subject);
    if (part.kind === "variable") found ||= part.name === first && first === name;
    if (part.kind === "call" && part !== call && part.arguments.some(mentions))
      found ||= isPermissionCheck(part) || named.test(part.function) || part.arguments.some(knows);
    return !found;
  });
  return found;
}

function isAssigns(subject: Expression): boolean {
  return subject.kind === "access" && subject.field === "assigns";
}

/** Names the record is bound to. */
function boundTo(call: Expression, body: Expression): string[] {
  const names: string[] = [];
  const note = (pattern: Expression | null, value: Expression): void => {
    if (pattern === null || value.span.start > call.span.start || value.span.end < call.span.end) return;
    for (const { name } of collect(pattern, "variable")) names.push(name);
  };
  walk(body, (part) => {
    if (part.kind === "match") note(part.pattern, part.value);
    if (part.kind === "branch") for (const { pattern, value } of part.steps) note(pattern, value);
    if (part.kind === "branch" && part.subject !== null) for (const { patterns } of part.clauses) note(patterns[0] ?? null, part.subject);
  });
  return names;
}

/** Names that patterns bind under a key. */
function boundUnder(parameters: readonly Expression[], parameter: string): string[] {
  return parameters.flatMap((pattern) =>
    collect(pattern, "map").flatMap(({ entries }) =>
      entries.flatMap(({ key, value }) =>
        key.kind === "literal" && key.value === parameter && value.kind === "variable" ? [value.name] : [],
      ),
    ),
  );
}
