import type { Access, Expression } from "../../model/expression.js";
import type { Project } from "../../model/project.js";
import { roleOf } from "../../project/role-of.js";
import { collect, walk } from "../../model/walk.js";
import type { Definition } from "./definitions.js";
import { isInputOfHandler } from "./handlers.js";
import { parameterOf } from "./value-sources.js";

const eventPosition: Readonly<Record<string, number>> = { handle_event: 1, handle_in: 1, handle_params: 0, mount: 0 };

/** Where a parameter's name takes a value out of what a client sends; null when it does not, or takes what the server chose (an upload's own path). */
export function clientInputOf(name: string, definition: Definition, project: Project): Expression | null {
  if (/^_?(conn|socket|assigns|session)$/.test(name)) return null;
  const position = parameterOf(name, definition);
  const pattern = definition.clause.parameters[position];
  if (pattern === undefined || isServersOwn(pattern, name) || !isInput(name, position, definition, project)) return null;
  return pattern;
}

function isInput(name: string, position: number, { function: entry }: Definition, project: Project): boolean {
  if (isInputOfHandler(entry, position, project)) return true;
  const role = roleOf(project, entry.module) ?? "";
  if (eventPosition[entry.facts.name] === position && /^(live_view|live_component|channel)$/.test(role)) return true;
  if (role === "controller" && entry.facts.visibility === "public" && entry.facts.name !== "call")
    return entry.facts.arity === 2 && position === 1;
  return /^_?params$/.test(name) && /^(controller|live_view|live_component|channel|plug)$/.test(role);
}

/** Bound under an atom key `path` or `id`: where the server keeps an upload, or what the database gave out. */
function isServersOwn(pattern: Expression, name: string): boolean {
  let own = false;
  walk(pattern, (part) => {
    if (part.kind !== "map") return;
    for (const { key, value } of part.entries)
      if (key.kind === "literal" && key.type === "atom" && /^(path|id)$/.test(key.value) && value.kind === "variable")
        own ||= value.name === name;
  });
  return own;
}

/** `conn.params["q"]`, `conn.query_string`: the parts of a connection that a client fills. */
export function clientParts({ subject, field }: Access): boolean {
  if (field === null) return subject.kind === "access" && clientParts(subject);
  return (
    /^(params|query_params|body_params|path_params|query_string|path_info|request_path|req_cookies|req_headers)$/.test(field) &&
    isConnection(subject)
  );
}

function isConnection(expression: Expression): boolean {
  return (
    (expression.kind === "variable" && expression.name === "conn") ||
    (expression.kind === "access" && expression.field === "conn" && expression.subject.kind === "variable")
  );
}

/** `%{path: path}`: a clause for an upload, beside one for a path. */
export function isUploadPath(pattern: Expression | undefined): boolean {
  return pattern !== undefined && collect(pattern, "variable").some(({ name }) => isServersOwn(pattern, name));
}
