import type { Expression } from "../../../model/expression.js";
import type { FunctionClause } from "../../../model/facts.js";
import type { Association, Project, ProjectFunction } from "../../../model/project.js";
import { countEffect } from "../../../project/effects-of.js";
import { underscore } from "../../../project/underscore.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { foundById } from "../../shared/found-by-id.js";
import { isJudgedBy } from "../../shared/judged-parents.js";
import { isLimited, looksAtParent, speaksOf } from "../../shared/parent-of-record.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { recordsOfClause, type RecordByRequest } from "../../shared/request-records.js";
import { spoken } from "../../shared/written.js";

type Slots = { handler: string; loader: string; parameter: string; child: string; parent: string; key: string };

export const recordOfAnotherParent = defineRule<Slots>({
  id: "record-of-another-parent",
  title: "A record is found by its id alone where only its parent's was checked",
  trigger: "missing_auth",
  area: "security",
  severity: "high",
  cwe: ["CWE-639"],
  silencedBy: {},
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return (entriesByPath(project).get(facts.path) ?? []).flatMap((entry) => matchesOf(entry, project));
  },
  what: ({ handler, loader, parameter, child, parent }) =>
    `\`${handler}\` finds the ${child} of the request's \`${parameter}\` with \`${loader}\`, whichever ${parent} it belongs to.`,
  why: ({ child, parent }) =>
    `What lets the request in is the ${parent} it names or comes from; nothing says that the ${child} is of that ${parent}, so whoever may enter one can reach the ${child}s of all others by their ids.`,
  instead: ({ key, parent }) =>
    `Look it up within the ${parent}: \`Repo.get_by(…, id: id, ${key}: ${parent}.id)\` or a query from \`Ecto.assoc/2\`, and answer 404 when there is none.`,
  notWhen: [
    "The look-up asks for more than the key, joins another table, or cannot be read to its end.",
    "The parent, an assign of the connection or who is asking is given to the look-up.",
    "The record's foreign key or parent is looked at afterwards, or the record is given to a check or to a call that knows who is asking.",
    "No plug on the way reads the parent's parameter, and no plug authorises the parent's schema; a LiveView does not assign the parent after looking at who is asking.",
    "A LiveView's event changes nothing.",
    "The repository limits every query to one tenant by itself.",
  ],
  examples: [
    {
      bad: {
        "lib/school_web/router.ex": `defmodule SchoolWeb.Router do
  use Phoenix.Router

  pipeline :course do
    plug :assign_course
  end

  scope "/courses/:course_id", SchoolWeb do
    pipe_through :course
    delete "/tests/:id", TestController, :delete
  end

  defp assign_course(conn, _options) do
    assign(conn, :course, School.Courses.of_user!(conn.assigns.current_user, conn.path_params["course_id"]))
  end
end
`,
        "lib/school_web/test_controller.ex": `defmodule SchoolWeb.TestController do
  use Phoenix.Controller

  def delete(conn, %{"id" => id}) do
    test = School.Repo.get!(School.Test, id)
    School.Repo.delete!(test)
    send_resp(conn, 204, "")
  end
end
`,
        "lib/school/test.ex": `defmodule School.Test do
  use Ecto.Schema

  schema "tests" do
    belongs_to :course, School.Course
  end
end
`,
      },
      at: "School.Repo.get!(School.Test, id)",
      good: {
        "lib/school_web/router.ex": `defmodule SchoolWeb.Router do
  use Phoenix.Router

  pipeline :course do
    plug :assign_course
  end

  scope "/courses/:course_id", SchoolWeb do
    pipe_through :course
    delete "/tests/:id", TestController, :delete
  end

  defp assign_course(conn, _options) do
    assign(conn, :course, School.Courses.of_user!(conn.assigns.current_user, conn.path_params["course_id"]))
  end
end
`,
        "lib/school_web/test_controller.ex": `defmodule SchoolWeb.TestController do
  use Phoenix.Controller

  def delete(conn, %{"id" => id}) do
    test = School.Repo.get_by!(School.Test, id: id, course_id: conn.assigns.course.id)
    School.Repo.delete!(test)
    send_resp(conn, 204, "")
  end
end
`,
        "lib/school/test.ex": `defmodule School.Test do
  use Ecto.Schema

  schema "tests" do
    belongs_to :course, School.Course
  end
end
`,
      },
    },
    {
      bad: `defmodule Shop.Line do
  use Ecto.Schema

  schema "lines" do
    belongs_to :order, Shop.Order
  end
end

defmodule ShopWeb.Resolvers.Line do
  def show_order(_order, %{id: id}, _resolution) do
    {:ok, Shop.Repo.get(Shop.Line, id)}
  end
end
`,
      at: "Shop.Repo.get(Shop.Line, id)",
      good: `defmodule Shop.Line do
  use Ecto.Schema

  schema "lines" do
    belongs_to :order, Shop.Order
  end
end

defmodule ShopWeb.Resolvers.Line do
  def show_order(order, %{id: id}, _resolution) do
    {:ok, Shop.Repo.get_by(Shop.Line, id: id, order_id: order.id)}
  end
end
`,
    },
  ],
});

/** Functions of controllers and resolvers and what LiveViews do on events, by file. */
const entriesByPath = perProject((project) => {
  const byPath = new Map<string, ProjectFunction[]>();
  for (const module of project.modules.values()) {
    if (module.role !== "controller" && module.role !== "resolver" && module.role !== "live_view") continue;
    for (const facts of module.facts.functions) {
      const answers = module.role === "live_view" ? facts.name === "handle_event" : facts.arity > 1;
      const entry = !answers ? undefined : project.functions.get(`${module.name}.${facts.name}/${facts.arity}`);
      if (entry !== undefined) byPath.set(entry.path, [...(byPath.get(entry.path) ?? []), entry]);
    }
  }
  return byPath;
});

/** What the client fills of a function's parameters. */
function givenTo({ facts }: ProjectFunction, clause: FunctionClause): readonly Expression[] {
  return clause.parameters.slice(1, facts.name === "handle_event" ? 2 : undefined);
}

function matchesOf(entry: ProjectFunction, project: Project): Match<Slots>[] {
  return entry.facts.clauses.flatMap((clause) => {
    if (entry.facts.name === "handle_event" && countEffect(project, entry.id, clause.span, "write") === 0) return [];
    const found = recordsOfClause(clause, givenTo(entry, clause), entry, project).flatMap((record) => {
      const reached = foundById({ ...record, entry }, project);
      const associations = reached === null ? [] : (project.schemas.get(reached.schema)?.associations ?? []);
      const parent = associations.find(
        (association) => association.foreignKey !== record.parameter && isJudgedBy(association, clause, entry, project),
      );
      if (reached === null || parent === undefined || isLimited(record, parent) || looksAtParent(parent, record)) return [];
      return reached.through.some((step) => speaksOf(parent, step)) ? [] : [matchOf(record, reached.schema, parent, entry, project)];
    });
    return found.slice(0, 1);
  });
}

function matchOf(record: RecordByRequest, child: string, parent: Association, entry: ProjectFunction, project: Project): Match<Slots> {
  const schema = project.schemas.get(child);
  const evidence: Clue[] = [
    { at: { path: entry.path, span: entry.facts.nameSpan }, note: `${spoken(entry.id)} takes ${record.parameter} from the request` },
    ...(schema === undefined ? [] : [{ at: { path: schema.path, span: parent.span }, note: `each belongs to one ${parent.name}` }]),
  ];
  return {
    span: record.call.segment,
    confidence: "likely",
    slots: {
      ...{ handler: spoken(entry.id), loader: record.said, parameter: record.parameter },
      ...{ child: words(child), parent: parent.name.replaceAll("_", " "), key: parent.foreignKey ?? "" },
    },
    evidence,
  };
}

function words(module: string): string {
  return underscore(module.split(".").at(-1) ?? module).replaceAll("_", " ");
}
