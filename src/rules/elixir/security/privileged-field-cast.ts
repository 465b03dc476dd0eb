import type { Expression } from "../../../model/expression.js";
import type { FunctionClause } from "../../../model/facts.js";
import type { CallSite, ChangesetStep, FunctionId, Project, ProjectFunction, Schema } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect, walk } from "../../../model/walk.js";
import { callersOf } from "../../../project/callers-of.js";
import { changesetsOf } from "../../../project/changesets/changesets-of.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { guardOf } from "../../shared/authentication.js";
import { handlersOf, type Handler } from "../../shared/handlers.js";
import { permissionCheck } from "../../shared/permission.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { field: string; changeset: string; handler: string };

export const privilegedFieldCast = defineRule<Slots>({
  id: "privileged-field-cast",
  title: "People can give themselves a role by sending one more field",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-915", "CWE-269"],
  silencedBy: {},
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return (schemasByPath(project).get(facts.path) ?? []).flatMap((schema) => matchesOf(schema, facts.path, project));
  },
  what: ({ field, changeset, handler }) => `\`${changeset}\` casts \`${field}\`, and \`${handler}\` hands it all that a client sent.`,
  why: ({ field }) => `A form without that field does not help: whoever adds \`${field}\` to what is sent gets it stored.`,
  instead: ({ field }) =>
    `Leave \`${field}\` out of this changeset, and give it by \`put_change/3\` or a changeset of its own where somebody who may decide about it asks.`,
  notWhen: [
    "No request of an ordinary person leads to the changeset with what it sent: administration, tasks and seeds do.",
    "The handler, or code it calls three steps deep, asks for a permission, or a guard on its way is for administrators.",
    "A function on the way takes some keys, drops the field or writes it itself; the changeset puts a value of its own.",
    "The field is no privilege in this schema (a role in a play, a job's title).",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.Router do
  use Phoenix.Router
  post "/users", ShopWeb.UserController, :create
end

defmodule ShopWeb.UserController do
  use Phoenix.Controller

  def create(conn, %{"user" => user_params}) do
    json(conn, Shop.Accounts.register(user_params))
  end
end

defmodule Shop.Accounts do
  def register(attributes), do: Shop.Repo.insert(Shop.User.changeset(%Shop.User{}, attributes))
end

defmodule Shop.User do
  use Ecto.Schema
  import Ecto.Changeset

  schema "users" do
    field :email, :string
    field :is_admin, :boolean
  end

  def changeset(user, attributes), do: cast(user, attributes, [:email, :is_admin])
end
`,
      at: "cast(user, attributes, [:email, :is_admin])",
      good: `defmodule ShopWeb.Router do
  use Phoenix.Router
  post "/users", ShopWeb.UserController, :create
end

defmodule ShopWeb.UserController do
  use Phoenix.Controller

  def create(conn, %{"user" => user_params}) do
    json(conn, Shop.Accounts.register(user_params))
  end
end

defmodule Shop.Accounts do
  def register(attributes), do: Shop.Repo.insert(Shop.User.changeset(%Shop.User{}, attributes))
end

defmodule Shop.User do
  use Ecto.Schema
  import Ecto.Changeset

  schema "users" do
    field :email, :string
    field :is_admin, :boolean
  end

  def changeset(user, attributes), do: cast(user, attributes, [:email])
end
`,
    },
  ],
});

const privilege = /^(is_)?(admin|superuser|super_admin|superadmin|staff)$|^(site_|system_|global_)?admin_role$/;
/** A privilege in a schema of people. */
const roles = /^(roles?|role_id|permissions?|access_level)$/;
const people = /(User|Account|Person|Admin|Credential)$/;
const insiders = /admin|backoffice|back_office|internal|staff|invit/i;
const furthest = 4;

const schemasByPath = perProject((project) => {
  const byPath = new Map<string, Schema[]>();
  for (const schema of project.schemas.values()) {
    if (!schema.fields.some(({ name, virtual }) => !virtual && isPrivilege(name, schema))) continue;
    byPath.set(schema.path, [...(byPath.get(schema.path) ?? []), schema]);
  }
  return byPath;
});

function isPrivilege(field: string, { module }: Schema): boolean {
  return privilege.test(field) || (roles.test(field) && people.test(module));
}

function matchesOf(schema: Schema, path: string, project: Project): Match<Slots>[] {
  return changesetsOf(project, schema).flatMap((changeset) => {
    const entry = project.functions.get(changeset.function);
    const step = changeset.casts.find(({ fields }) => fields?.some((field) => isPrivilege(field, schema)));
    const field = step?.fields?.find((name) => isPrivilege(name, schema));
    if (entry === undefined || step === undefined || field === undefined || step.path !== path || writesField(entry, field, step))
      return [];
    const way = wayFrom(changeset.function, field, project);
    const [first] = way ?? [];
    if (way === null || first === undefined) return [];
    return [
      {
        span: step.span,
        confidence: "likely" as const,
        slots: { field, changeset: spoken(changeset.function), handler: spoken(first.caller) },
        evidence: way.map((site): Clue => ({ at: site, note: `${spoken(site.caller)} hands it to ${spoken(site.callee)}` })),
      },
    ];
  });
}

const handlers = perProject((project) => new Map(handlersOf(project).map((handler) => [handler.function.id, handler])));

/** The calls by which an ordinary handler gives what a client sent to a changeset, handler first; null when none does. */
function wayFrom(changeset: FunctionId, field: string, project: Project): CallSite[] | null {
  let frontier: CallSite[][] = [[]];
  const seen = new Set([changeset]);
  for (let step = 0; step < furthest; step += 1) {
    const next: CallSite[][] = [];
    for (const way of frontier) {
      for (const site of callersOf(project, way[0]?.caller ?? changeset)) {
        const entry = project.functions.get(site.caller);
        if (entry === undefined || seen.has(site.caller) || !isProduction(site.path)) continue;
        const handler = handlers(project).get(site.caller);
        if (handler !== undefined) {
          if (isOrdinary(handler, project) && givesAll(entry, site)) return [site, ...way];
        } else if (!choosesKeys(entry, field) && handsOn(entry, site)) next.push([site, ...way]);
        seen.add(site.caller);
      }
    }
    frontier = next;
  }
  return null;
}

function isOrdinary({ function: entry, route }: Handler, project: Project): boolean {
  if (insiders.test(entry.module) || insiders.test(route?.path ?? "") || permissionCheck(entry.id, project) !== null) return false;
  return route === null || !insiders.test(guardOf(route, project) ?? "");
}

/** Whether the call is given a map of the client's as it came: `user_params`, `params["user"]`. */
function givesAll({ facts }: ProjectFunction, site: CallSite): boolean {
  const { clause, given } = callAt(facts, site);
  const whole = new Set(clause?.parameters.slice(1).flatMap(wholeNames));
  return given.some(
    (argument) =>
      (argument.kind === "variable" && whole.has(argument.name)) ||
      (argument.kind === "access" &&
        argument.key?.kind === "literal" &&
        argument.subject.kind === "variable" &&
        whole.has(argument.subject.name)),
  );
}

/** Whether the call is given, after the record it changes, one of the function's own parameters as it came. */
function handsOn({ facts }: ProjectFunction, site: CallSite): boolean {
  const { clause, given } = callAt(facts, site);
  const own = new Set(clause?.parameters.flatMap((parameter) => collect(parameter, "variable").map(({ name }) => name)));
  return given.slice(given.length > 1 ? 1 : 0).some((argument) => argument.kind === "variable" && own.has(argument.name));
}

function callAt(
  { clauses }: ProjectFunction["facts"],
  { span }: CallSite,
): { clause: FunctionClause | undefined; given: readonly Expression[] } {
  const clause = clauses.find((candidate) => contains(candidate.span, span));
  const call =
    clause === undefined || clause.body === null
      ? undefined
      : collect(clause.body, "call").find(({ segment }) => segment.start === span.start);
  return { clause, given: call?.arguments ?? [] };
}

/** Names for a map of values: all parameters, or those under a key that is no id. */
function wholeNames(parameter: Expression): string[] {
  if (parameter.kind === "variable") return [parameter.name];
  if (parameter.kind === "match") return [...wholeNames(parameter.pattern), ...wholeNames(parameter.value)];
  if (parameter.kind !== "map") return [];
  return parameter.entries.flatMap(({ key, value }) =>
    key.kind === "literal" && /user|account|person|registration|params|attributes|data|profile/.test(key.value) && value.kind === "variable"
      ? [value.name]
      : [],
  );
}

/** A function between handler and changeset that takes or drops keys, or has a word for the field. */
function choosesKeys({ facts }: ProjectFunction, field: string): boolean {
  return facts.clauses.some(({ body }) => {
    let found = false;
    if (body !== null)
      walk(body, (part) => {
        if (part.kind === "call") found ||= part.module === "Map" && /^(take|drop|delete|put|merge|split|pop)$/.test(part.function);
        if (part.kind === "literal") found ||= part.value === field;
        if (part.kind === "keyword") found ||= part.entries.some(({ key }) => key === field);
        return !found;
      });
    return found;
  });
}

/** The changeset gives the field a value of its own, or looks at it beyond casting. */
function writesField({ facts }: ProjectFunction, field: string, step: ChangesetStep): boolean {
  return facts.clauses.some(
    ({ body }) =>
      body !== null &&
      collect(body, "call").some(
        (call) =>
          !contains(step.span, call.segment) &&
          /^(put_change|force_change|delete_change|change|update_change)$/.test(call.function) &&
          call.arguments.some((argument) => collect(argument, "literal").some(({ value }) => value === field)),
      ),
  );
}
