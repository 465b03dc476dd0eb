import type { Call } from "../../../model/expression.js";
import type { FunctionId, Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { callersOf } from "../../../project/callers-of.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { perProject } from "../../shared/per-project.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { inside: string; thrown: string; request: string };

const throwing = definitionsCalling(throws);

export const throwNeverCaught = defineRule<Slots>({
  id: "throw-never-caught",
  title: "A value is thrown that nobody on the way catches",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-248"],
  silencedBy: {},
  where: throwing,
  match(facts, project) {
    return selectedIn(throwing, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => (throws(call) ? matchOf(call, definition, project) : [])),
    );
  },
  what: ({ inside, thrown }) => `\`${inside}\` throws \`${thrown}\`, and no caller of it has a \`catch\`.`,
  why: ({ request }) =>
    request === ""
      ? "The process of whoever calls it ends with `{:nocatch, …}`, which no `rescue` takes: what was meant as an answer is a crash."
      : `A request to \`${request}\` ends with \`{:nocatch, …}\`, which no \`rescue\` takes: what was meant as an answer is a 500.`,
  instead: () =>
    "Give back `{:error, reason}` and let callers match it with `with`; where going on makes no sense, `raise` an exception that says what went wrong.",
  notWhen: [
    "A `catch` stands around it, in the function or in one that calls it, however far up.",
    "A callback of a process throws its return value (`throw({:noreply, state})`), which is taken as such.",
    "Nothing of the project calls the function (then it is `possible`), or a framework calls it that may catch.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Cart do
  def add(cart, item) do
    if item.stock == 0, do: throw(:out_of_stock)
    [item | cart]
  end
end

defmodule ShopWeb.CartController do
  use Phoenix.Controller

  def create(conn, %{"item" => id}) do
    json(conn, Shop.Cart.add([], Shop.Items.get(id)))
  end
end
`,
      at: "throw(:out_of_stock)",
      good: `defmodule Shop.Cart do
  def add(cart, item) do
    if item.stock == 0, do: throw(:out_of_stock)
    [item | cart]
  end
end

defmodule ShopWeb.CartController do
  use Phoenix.Controller

  def create(conn, %{"item" => id}) do
    json(conn, Shop.Cart.add([], Shop.Items.get(id)))
  catch
    :out_of_stock -> send_resp(conn, 409, "")
  end
end
`,
    },
  ],
});

function throws({ module, function: name }: Callee): boolean {
  return name === "throw" && (module === null || module === "Kernel");
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const [thrown] = call.arguments;
  if (thrown === undefined || isReturn(call) || isCaughtHere(call, definition) || isCaughtAbove(definition.id, project)) return [];
  const path = requestPath(project, definition.id);
  const isCalled = callersOf(project, definition.id).length > 0;
  return [
    {
      span: call.segment,
      confidence: path !== null && isCalled ? "likely" : "possible",
      slots: { inside: spoken(definition.id), thrown: written(thrown), request: spoken(path?.[0] ?? "") },
      evidence: (path ?? []).slice(0, -1).flatMap((caller, position) => {
        const site = (project.calls.get(caller) ?? []).find(({ callee }) => callee === path?.[position + 1]);
        return site === undefined ? [] : [{ at: site, note: `${spoken(caller)} calls ${spoken(site.callee)}` }];
      }),
    },
  ];
}

/** What a process's callback may give back. */
function isReturn({ arguments: [thrown] }: Call): boolean {
  return thrown?.kind === "tuple" && /^(noreply|reply|stop|next_state|keep_state|cont|halt|ok)$/.test(atomOf(thrown.elements[0]) ?? "");
}

function isCaughtHere(call: Call, { body }: Definition): boolean {
  return collect(body, "branch").some(
    ({ form, span, clauses }) => form === "try" && contains(span, call.span) && clauses.some(({ role }) => role === "catch"),
  );
}

/** Functions with a `catch` of their own. */
const catching = perProject(() => new Map<FunctionId, boolean>());

function isCaughtAbove(id: FunctionId, project: Project): boolean {
  const seen = new Set<FunctionId>([id]);
  const pending = [id];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    for (const { caller } of callersOf(project, current)) {
      if (seen.has(caller)) continue;
      if (catches(caller, project)) return true;
      seen.add(caller);
      pending.push(caller);
    }
  }
  return false;
}

function catches(id: FunctionId, project: Project): boolean {
  const known = catching(project);
  const earlier = known.get(id);
  if (earlier !== undefined) return earlier;
  const bodies = (project.functions.get(id)?.facts.clauses ?? []).flatMap(({ body }) => body ?? []);
  const answer = bodies.some((body) =>
    collect(body, "branch").some(({ form, clauses }) => form === "try" && clauses.some(({ role }) => role === "catch")),
  );
  known.set(id, answer);
  return answer;
}
