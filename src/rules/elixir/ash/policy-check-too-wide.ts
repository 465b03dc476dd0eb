import type { Call } from "../../../model/expression.js";
import { collect } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { ashResources, callsIn, sectionOf } from "../../shared/ash.js";

type Slots = { wide: string; narrow: readonly string[]; resource: string };

export const policyCheckTooWide = defineRule<Slots>({
  id: "policy-check-too-wide",
  title: "A check of an Ash policy lets everybody through whom the others would stop",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-863"],
  silencedBy: {},
  match: (facts, project) =>
    ashResources(project)
      .filter(({ path }) => path === facts.path)
      .flatMap((module) =>
        sectionOf(module, "policies").flatMap((policy) =>
          /^(policy|bypass|policy_group)$/.test(policy.function) ? matchesIn(policy, module.name.split(".").slice(-2).join(".")) : [],
        ),
      ),
  what: ({ wide, narrow, resource }) =>
    `Checks of one policy are alternatives: in \`${resource}\` \`authorize_if ${wide}\` alone authorises, so ${narrow.map((check) => `\`${check}\``).join(", ")} beside it ${narrow.length === 1 ? "decides" : "decide"} nothing.`,
  why: ({ wide }) =>
    wide === "always()"
      ? "Anybody may run the actions of this policy, also without being signed in, though the policy reads as if it asked for more."
      : "Everybody who is signed in may run the actions of this policy on every record, though the policy reads as if it asked for more.",
  instead: ({ wide }) =>
    wide === "always()"
      ? "Remove `authorize_if always()`, or put what must not pass before it as `forbid_if` or `forbid_unless`."
      : `Write \`forbid_unless ${wide}\` first and the other checks as \`authorize_if\` after it, or give \`${wide}\` a policy of its own: every policy that applies has to pass.`,
  notWhen: [
    "A `forbid_if` or `forbid_unless` stands before it: then it lets through what is left.",
    "It is the only check that authorises.",
    "The checks beside it ask for other things than the actor, such as a role or an owner as alternatives of each other.",
  ],
  examples: [
    {
      bad: resource(
        "policy action_type([:update, :destroy]) do\n      authorize_if actor_present()\n      authorize_if relates_to_actor_via(:author)\n    end",
      ),
      at: "authorize_if actor_present()",
      good: resource(
        "policy action_type([:update, :destroy]) do\n      forbid_unless actor_present()\n      authorize_if relates_to_actor_via(:author)\n    end",
      ),
    },
    {
      bad: resource(
        "policy action_type(:read) do\n      authorize_if expr(published == true)\n      authorize_if relates_to_actor_via(:author)\n      authorize_if always()\n    end",
      ),
      at: "authorize_if always()",
      good: resource("policy action_type(:read) do\n      forbid_unless expr(published == true)\n      authorize_if always()\n    end"),
    },
  ],
});

function resource(policy: string): string {
  return `defmodule Blog.Post do
  use Ash.Resource, domain: Blog, data_layer: AshPostgres.DataLayer, authorizers: [Ash.Policy.Authorizer]

  policies do
    ${policy}
  end
end
`;
}

function matchesIn(policy: Call, resource: string): Match<Slots>[] {
  const checks = callsIn(policy);
  if (policy.function === "policy_group") return checks.flatMap((inner) => matchesIn(inner, resource));
  const position = checks.findIndex((check) => check.function === "authorize_if" && wideName(check) !== null);
  const wide = checks[position];
  if (wide === undefined || checks.slice(0, position).some(({ function: name }) => name.startsWith("forbid_"))) return [];
  const name = wideName(wide) ?? "";
  const others = checks.filter((check) => check !== wide && /^authorize_(if|unless)$/.test(check.function) && wideName(check) === null);
  const narrow = name === "always()" ? others : others.filter(asksForActor);
  if (narrow.length === 0) return [];
  return [
    {
      span: wide.span,
      confidence: "likely",
      slots: { wide: name, narrow: narrow.slice(0, 3).map(checkName), resource },
      evidence: [],
    },
  ];
}

/** A check that everybody, or everybody who is signed in, passes. */
function wideName(check: Call): string | null {
  const [asked] = check.arguments;
  if (asked?.kind !== "call" || asked.arguments.length > 0) return null;
  return asked.function === "always" || asked.function === "actor_present" ? `${asked.function}()` : null;
}

/** It can only be passed by somebody who is signed in, so that being signed in is meant to be less. */
function asksForActor(check: Call): boolean {
  return collect(check, "call").some(({ function: name }) => /actor/.test(name));
}

function checkName(check: Call): string {
  const [asked] = check.arguments;
  return `${check.function} ${asked?.kind === "call" ? `${asked.function}(…)` : "…"}`;
}
