import type { Changeset, FunctionId, Project, ProjectFunction, Schema } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { callersOf } from "../../project/callers-of.js";
import { changesetsOf } from "../../project/changesets/changesets-of.js";
import { effectsOf } from "../../project/effects-of.js";
import { underscore } from "../../project/underscore.js";
import { handlersOf, type Handler } from "./handlers.js";
import { perProject } from "./per-project.js";
import { isProduction } from "./production.js";
import { sensitive } from "./public-routes.js";

/** A field that a request of somebody who need not be an insider fills. */
export interface VisitorField {
  readonly schema: Schema;
  readonly field: string;
  /** What takes the request. */
  readonly handler: ProjectFunction;
}

/** How many calls may lie between a handler and the changeset. */
const furthest = 3;
const tame = /(^|_)(id|at|on|by|uid|uuid|guid|slug|token|hash|permalink|secret|key|status|state|type|kind|locale|language|color|password)$/;

/** Text fields that visitors fill, by name; those of changesets that clean what they take are left out. */
export const visitorFields = perProject((project): ReadonlyMap<string, readonly VisitorField[]> => {
  const handlers = new Map(openHandlers(project).map((handler) => [handler.function.id, handler]));
  const byName = new Map<string, VisitorField[]>();
  for (const schema of handlers.size === 0 ? [] : project.schemas.values()) {
    if (schema.table === null || !isProduction(schema.path)) continue;
    const texts = schema.fields
      .filter(({ name, type }) => !tame.test(name) && /^:?(string|text|citext)$/.test(type))
      .map(({ name }) => name);
    for (const changeset of texts.length === 0 ? [] : changesetsOf(project, schema)) {
      const handler = handlerOf(changeset.function, handlers, project, furthest, new Set());
      if (handler === null || cleansWhatItTakes(changeset, project)) continue;
      for (const field of castBy(changeset, project).filter((name) => texts.includes(name)))
        byName.set(field, [...(byName.get(field) ?? []), { schema, field, handler: handler.function }]);
    }
  }
  return byName;
});

/** The field that `owner.field` names, where the owner's name is a schema's (`request` for `EpisodeRequest`); null when another schema of that name is not filled by visitors. */
export function visitorFieldOf(owner: string, field: string, project: Project): VisitorField | null {
  const isNamed = ({ module }: Schema): boolean => `_${underscore(module.split(".").at(-1) ?? "")}`.endsWith(`_${owner}`);
  const having = [...project.schemas.values()].filter((schema) => isNamed(schema) && schema.fields.some(({ name }) => name === field));
  const filled = (visitorFields(project).get(field) ?? []).filter(({ schema }) => having.includes(schema));
  return having.length > 0 && having.every((schema) => filled.some((known) => known.schema === schema)) ? (filled[0] ?? null) : null;
}

/** Handlers that store something and are neither for insiders nor for other services, by their path or name. */
function openHandlers(project: Project): Handler[] {
  return handlersOf(project).filter(({ function: entry, route }) => {
    const names = `${entry.module.replace(/([a-z])([A-Z])/g, "$1_$2")} ${route?.path ?? ""} ${route?.pipelines.join(" ") ?? ""}`;
    return (
      !insiders.test(names) &&
      !services.test(`${names} ${entry.facts.name}`) &&
      !sensitive.test(entry.path) &&
      takesInput(entry) &&
      effectsOf(project, entry.id).has("write")
    );
  });
}

/** Some clause looks at the parameters: what an action without them stores is its own. */
function takesInput({ facts }: ProjectFunction): boolean {
  return facts.clauses.some(({ parameters }) =>
    parameters.slice(1).some((given) => given.kind !== "variable" || !given.name.startsWith("_")),
  );
}

const insiders = /(^|[/_. -])(admin|backoffice|internal|staff|superuser|moderat|editor|cms|ops|manage)/i;
const services = /callback|oauth|webhook|hook|stripe|ingest/i;

function handlerOf(
  id: FunctionId,
  handlers: ReadonlyMap<FunctionId, Handler>,
  project: Project,
  depth: number,
  seen: Set<FunctionId>,
): Handler | null {
  const found = handlers.get(id);
  if (found !== undefined || depth === 0 || seen.has(id)) return found ?? null;
  seen.add(id);
  for (const { caller, path } of callersOf(project, id)) {
    const above = isProduction(path) ? handlerOf(caller, handlers, project, depth - 1, seen) : null;
    if (above !== null) return above;
  }
  return null;
}

/** What a changeset takes over; a list handed to a helper by name is read where it is written. */
function castBy({ casts, function: id }: Changeset, project: Project): string[] {
  const named = casts.flatMap(({ fields }) => fields ?? []);
  if (casts.every(({ fields }) => fields !== null)) return named;
  const lists = bodiesOf(id, project).flatMap((body) => collect(body, "literal").filter(({ value }) => /^~w/.test(value)));
  return [...named, ...lists.flatMap(({ value }) => value.slice(3).split(/[\s()[\]{}|/"'<>]+/))];
}

function cleansWhatItTakes({ function: id }: Changeset, project: Project): boolean {
  return bodiesOf(id, project).some((body) =>
    [...collect(body, "call"), ...collect(body, "capture")].some(({ module, function: name }) =>
      /sanitiz|scrub|strip_tags|escape|clean_?html/i.test(`${module ?? ""}.${name}`),
    ),
  );
}

function bodiesOf(id: FunctionId, project: Project): NonNullable<ProjectFunction["facts"]["clauses"][number]["body"]>[] {
  return (project.functions.get(id)?.facts.clauses ?? []).flatMap(({ body }) => (body === null ? [] : [body]));
}
