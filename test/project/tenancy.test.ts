import { describe, expect, test } from "vitest";
import { queriesIn } from "../../src/project/queries/queries-in.js";
import { tenancyOf } from "../../src/project/tenancy.js";
import { projectFrom } from "../support/project.js";

/** A project with two tables, one of which has an organisation, whose repository holds this code. */
function projectWith(repository: string, ask = "Repo.all(Ticket)") {
  return projectFrom({
    "lib/repo.ex": `defmodule Desk.Repo do\n  use Ecto.Repo, otp_app: :desk\n  import Ecto.Query\n${repository}\nend\n`,
    "lib/ticket.ex":
      'defmodule Desk.Ticket do\n  use Ecto.Schema\n  schema "tickets" do\n    field :title, :string\n    belongs_to :org, Desk.Org\n  end\nend\n',
    "lib/plan.ex": 'defmodule Desk.Plan do\n  use Ecto.Schema\n  schema "plans" do\n    field :name, :string\n  end\nend\n',
    "lib/asks.ex": `defmodule Desk.Asks do\n  alias Desk.{Plan, Repo, Ticket}\n  def run(id), do: ${ask}\nend\n`,
  });
}

const byKeyword =
  "  def prepare_query(_, query, options) do\n    if options[:skip_org_id], do: {query, options}, else: {where(query, org_id: ^options[:org_id]), options}\n  end";

function columnsOf(repository: string): readonly string[] | null {
  return tenancyOf(projectWith(repository), "Desk.Repo")?.filters.map(({ column }) => column) ?? null;
}

describe("a repository's tenancy", () => {
  test("is the column that prepare_query compares with a value of the process, however it is written", () => {
    expect(columnsOf(byKeyword)).toEqual(["org_id"]);
    expect(
      columnsOf(
        "  def prepare_query(_, query, options) do\n    id = Process.get(:org)\n    {from(row in query, where: row.org_id == ^id), options}\n  end",
      ),
    ).toEqual(["org_id"]);
    expect(
      columnsOf(
        "  def prepare_query(_, query, options), do: {limit_to(query, options[:org]), options}\n  defp limit_to(query, id), do: where(query, [row], row.org_id == ^id)",
      ),
    ).toEqual(["org_id"]);
  });

  test("is a prefix that is chosen at run time, and needs no column then", () => {
    expect(columnsOf("  def default_options(_), do: [prefix: Process.get(:tenant)]")).toEqual([]);
    expect(columnsOf('  def default_options(_), do: [prefix: "reports"]')).toBeNull();
  });

  test("is not what leaves deleted rows out, nor a repository without either", () => {
    expect(
      columnsOf("  def prepare_query(_, query, options), do: {from(row in query, where: is_nil(row.deleted_at)), options}"),
    ).toBeNull();
    expect(columnsOf("  def prepare_query(_, query, options), do: {where(query, archived: false), options}")).toBeNull();
    expect(columnsOf("  def all_rows(query), do: all(query)")).toBeNull();
  });
});

describe("queries of such a repository", () => {
  const asked = (ask: string) =>
    queriesIn(projectWith(byKeyword, ask), "Desk.Asks.run/1").map(({ tenant, filters }) => [tenant, filters.map(({ column }) => column)]);

  test("have its condition beside their own, but for what is found by its key", () => {
    expect(asked("Repo.get_by(Ticket, title: id)")).toEqual([[true, ["title", "org_id"]]]);
    expect(asked("Repo.get(Ticket, id)")).toEqual([[true, []]]);
  });

  test("are free of it where the table has no such column, or the call opts out", () => {
    expect(asked("Repo.get_by(Plan, name: id)")).toEqual([[false, ["name"]]]);
    expect(asked("Repo.all(Ticket, skip_org_id: true)")).toEqual([[false, []]]);
    expect(asked("Repo.all(Ticket, skip_org_id: false)")).toEqual([[true, ["org_id"]]]);
  });
});
