import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { booleanOf, optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { ashResources, hasAuthorizer } from "../../shared/ash.js";
import { servingDefinitions, type Definition } from "../../shared/definitions.js";
import { perProject } from "../../shared/per-project.js";
import { requestPath } from "../../shared/requests.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { call: string; function: string; request: string };

export const authorizationSkipped = defineRule<Slots>({
  id: "authorization-skipped",
  title: "A request runs an Ash action with authorisation switched off",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-862"],
  silencedBy: {},
  match(facts, project) {
    if (!hasPolicies(project)) return [];
    return servingDefinitions(facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ call, function: name }) => `\`${call}\` in \`${name}\` says \`authorize?: false\`: the resource's policies are not asked.`,
  why: ({ request, function: name }) =>
    request === name
      ? `\`${request}\` answers a client: whoever may send it reaches records that the policies would refuse.`
      : `The request \`${request}\` leads here: whoever may send it reaches records that the policies would refuse.`,
  instead: () =>
    "Give the action the actor (`actor: …`) and let the policies decide; where the system itself acts, name that actor and write a policy for it, so that it can be read what it may do.",
  notWhen: [
    "No request leads to it: jobs, tasks and seeds act for the system.",
    "It belongs to signing in, registering, tokens or sessions, where nobody is signed in yet.",
    "An actor is given beside it.",
    "No resource of the project has an authorizer.",
    "It is more than one call away from the request (then it is `possible`: something between may have asked).",
  ],
  examples: [
    {
      bad: controller("Ash.get!(Blog.Post, id, authorize?: false)"),
      at: "Ash.get!(Blog.Post, id, authorize?: false)",
      good: controller("Ash.get!(Blog.Post, id, actor: conn.assigns.current_user)"),
    },
  ],
});

function controller(read: string): string {
  return `defmodule Blog.Post do
  use Ash.Resource, domain: Blog, data_layer: AshPostgres.DataLayer, authorizers: [Ash.Policy.Authorizer]
end

defmodule BlogWeb.PostController do
  use Phoenix.Controller

  def show(conn, %{"id" => id}) do
    json(conn, ${read})
  end
end
`;
}

const hasPolicies = perProject((project) => ashResources(project).some(hasAuthorizer));

const signingIn = /auth|session|token|sign_?(in|up|out)|log_?(in|out)|regist|password|confirm|invit|magic/i;

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const { clause, id, function: entry } = definition;
  if (signingIn.test(entry.path) || signingIn.test(entry.facts.name) || project.modules.get(entry.module)?.role === "plug") return [];
  if (outlineOfClause(clause).calls.length === 0) return [];
  const request = requestPath(project, id);
  const [first] = request ?? [];
  if (request === null || first === undefined || request.some((step) => signingIn.test(step))) return [];
  return collect(definition.body, "call").flatMap((call) => {
    const options = call.arguments.at(-1);
    if (options?.kind !== "keyword" || booleanOf(optionOf(options, "authorize?")) !== false || optionOf(options, "actor") !== null)
      return [];
    return [
      {
        span: call.segment,
        confidence: request.length <= 2 ? "likely" : "possible",
        slots: { call: written(call), function: spoken(id), request: spoken(first) },
        evidence: request.slice(0, -1).map((step) => {
          const caller = project.functions.get(step);
          return {
            at: { path: caller?.path ?? entry.path, span: caller?.facts.nameSpan ?? entry.facts.nameSpan },
            note: `${spoken(step)} leads to it`,
          };
        }),
      },
    ];
  });
}
