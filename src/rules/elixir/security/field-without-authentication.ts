import type { Call, Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { FunctionId, Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { effectsOf } from "../../../project/effects-of.js";
import { atomOf, bodyOf, moduleNameOf, statementsOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { isProduction } from "../../shared/production.js";
import { namesRequester } from "../../shared/permission.js";
import { spoken } from "../../shared/written.js";

type Slots = { field: string; object: string; guard: string; guarded: string; fields: string };

export const fieldWithoutAuthentication = defineRule<Slots>({
  id: "field-without-authentication",
  title: "A GraphQL field lacks the authentication its neighbours have",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-306", "CWE-862"],
  silencedBy: {},
  fix: "guard-field",
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return facts.modules.flatMap((module) => objectsIn(module.body).flatMap((object) => matchesIn(object, facts, project)));
  },
  what: ({ field, object, guard, guarded, fields }) =>
    `The field \`${field}\` of \`${object}\` has no \`${guard}\`, which ${guarded} of the ${fields} other fields there have.`,
  why: () =>
    "Whoever can send a query may ask for it without signing in; a schema has no door in front of it but the middleware of each field.",
  instead: ({ guard }) =>
    `Put \`middleware ${guard}\` before its \`resolve\`. If it is public on purpose, move it to an object of public fields, so that the next reader need not guess.`,
  notWhen: [
    "Less than three quarters of at least four other fields in the same object have a middleware that is about who asks.",
    "The field has another middleware, or its resolver looks at who is asking.",
    "Its name says that strangers need it: sign-in, registration, reset, public, shared, by token.",
    "It resolves nothing by itself.",
    "Its resolver changes nothing that can be seen: what strangers may read is a matter of the product (then it is `possible`).",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.Schema.Orders do
  use Absinthe.Schema.Notation

  object :order_mutations do
    field :cancel_order, :order do
      middleware ShopWeb.RequireLogin
      resolve &ShopWeb.Resolvers.Orders.cancel/3
    end

    field :pay_order, :order do
      middleware ShopWeb.RequireLogin
      resolve &ShopWeb.Resolvers.Orders.pay/3
    end

    field :ship_order, :order do
      middleware ShopWeb.RequireLogin
      resolve &ShopWeb.Resolvers.Orders.ship/3
    end

    field :return_order, :order do
      middleware ShopWeb.RequireLogin
      resolve &ShopWeb.Resolvers.Orders.return/3
    end

    field :refund_order, :order do
      resolve &ShopWeb.Resolvers.Orders.refund/3
    end
  end
end

defmodule ShopWeb.Resolvers.Orders do
  def refund(_parent, %{id: id}, _resolution), do: {:ok, Shop.Repo.update!(Shop.Order.refunding(id))}
end
`,
      at: "field :refund_order, :order",
      good: `defmodule ShopWeb.Schema.Orders do
  use Absinthe.Schema.Notation

  object :order_mutations do
    field :cancel_order, :order do
      middleware ShopWeb.RequireLogin
      resolve &ShopWeb.Resolvers.Orders.cancel/3
    end

    field :pay_order, :order do
      middleware ShopWeb.RequireLogin
      resolve &ShopWeb.Resolvers.Orders.pay/3
    end

    field :ship_order, :order do
      middleware ShopWeb.RequireLogin
      resolve &ShopWeb.Resolvers.Orders.ship/3
    end

    field :return_order, :order do
      middleware ShopWeb.RequireLogin
      resolve &ShopWeb.Resolvers.Orders.return/3
    end

    field :refund_order, :order do
      middleware ShopWeb.RequireLogin
      resolve &ShopWeb.Resolvers.Orders.refund/3
    end
  end
end

defmodule ShopWeb.Resolvers.Orders do
  def refund(_parent, %{id: id}, _resolution), do: {:ok, Shop.Repo.update!(Shop.Order.refunding(id))}
end
`,
    },
  ],
});

const fewest = 4;
const share = 0.75;
const aboutWho = /auth|login|logged|signed|permission|polic(y|ies)|user|admin|role|jwt|token|account|access/i;
const forStrangers =
  /log_?in|sign_?(in|up|out)|register|reset|forgot|verif|confirm|password|public|shared?(_|$)|token|invit|unsubscribe|featured|popular|version|health|oauth|contact/i;

interface Field {
  readonly call: Call;
  readonly name: string;
  readonly middleware: readonly string[];
  readonly resolver: FunctionId | null;
}

/** `object :x do`, `query do`, `mutation do`. */
function objectsIn(body: readonly Call[]): { readonly name: string; readonly fields: readonly Field[] }[] {
  return body.flatMap((call) => {
    if (!/^(object|query|mutation|subscription)$/.test(call.function)) return [];
    const fields = statementsOf(bodyOf(call)).flatMap((statement) => fieldOf(statement) ?? []);
    return [{ name: atomOf(call.arguments[0]) ?? call.function, fields }];
  });
}

/** A field that resolves something itself. */
function fieldOf(statement: Expression): Field | null {
  if (statement.kind !== "call" || statement.function !== "field") return null;
  const name = atomOf(statement.arguments[0]);
  const lines = statementsOf(bodyOf(statement)).filter((line): line is Call => line.kind === "call");
  const resolve = lines.find((line) => /resolve$/.test(line.function));
  if (name === null || resolve === undefined) return null;
  const middleware = lines.flatMap((line) => (line.function === "middleware" ? (moduleNameOf(line.arguments[0]) ?? []) : []));
  const [capture] = collect(resolve, "capture");
  const called = collect(resolve, "call").find((call) => call !== resolve && call.module !== null);
  const resolver =
    capture !== undefined
      ? `${capture.module ?? ""}.${capture.function}/${String(capture.arity)}`
      : called === undefined
        ? null
        : `${called.module ?? ""}.${called.function}/${String(called.arguments.length)}`;
  return { call: statement, name, middleware, resolver };
}

function matchesIn(object: { readonly name: string; readonly fields: readonly Field[] }, facts: Facts, project: Project): Match<Slots>[] {
  const guarding = (field: Field): string | undefined => field.middleware.find((module) => aboutWho.test(module.split(".").at(-1) ?? ""));
  const guarded = object.fields.filter((field) => guarding(field) !== undefined);
  const open = object.fields.filter(
    (field) => field.middleware.length === 0 && !forStrangers.test(field.name) && !looksAtAsker(field, project),
  );
  const others = object.fields.length - 1;
  const [peer] = guarded;
  const guard = peer === undefined ? undefined : guarding(peer);
  if (peer === undefined || guard === undefined || others < fewest || guarded.length / others < share) return [];
  return open.map((field) => ({
    span: { start: field.call.span.start, end: field.call.arguments.at(-1)?.span.end ?? field.call.span.end },
    confidence: writes(field, project) ? "likely" : "possible",
    slots: { field: field.name, object: object.name, guard: spoken(guard), guarded: String(guarded.length), fields: String(others) },
    evidence: [
      { at: { path: facts.path, span: peer.call.nameSpan }, note: `${peer.name} goes through ${spoken(guard)}`, comparison: true },
    ],
  }));
}

function writes({ resolver }: Field, project: Project): boolean {
  return resolver !== null && effectsOf(project, resolver).has("write");
}

function looksAtAsker({ resolver }: Field, project: Project): boolean {
  const clauses = resolver === null ? [] : (project.functions.get(resolver)?.facts.clauses ?? []);
  return clauses.some(({ parameters, body }) => [...parameters, body].some((code) => code !== null && namesRequester(code)));
}
