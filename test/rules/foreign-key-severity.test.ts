import { describe, expect, test } from "vitest";
import { foreignKeyWithoutIndex } from "../../src/rules/elixir/migrations/foreign-key-without-index.js";
import { runRules } from "../../src/rules/run.js";
import { projectFrom } from "../support/project.js";

const base = {
  "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
  "lib/shop/user.ex": 'defmodule Shop.User do\n  use Ecto.Schema\n\n  schema "users" do\n    field :name, :string\n  end\nend\n',
  "lib/shop/note.ex": `defmodule Shop.Note do
  use Ecto.Schema

  schema "notes" do
    field :kind, :string
    belongs_to :user, Shop.User
    belongs_to :folder, Shop.Folder
  end
end
`,
  "lib/shop/folder.ex":
    'defmodule Shop.Folder do\n  use Ecto.Schema\n\n  schema "folders" do\n    belongs_to :user, Shop.User\n  end\nend\n',
};

const migration = (...indexes: string[]) => `defmodule Shop.Repo.Migrations.CreateNotes do
  use Ecto.Migration

  def change do
    create table(:notes) do
      add :kind, :string
      add :user_id, references(:users, on_delete: :delete_all)
      add :folder_id, references(:folders, on_delete: :delete_all)
    end

    ${indexes.join("\n    ")}
  end
end
`;

/** Severities by column, with the given files added to a project of notes that belong to users and folders. */
function severities(files: Readonly<Record<string, string>>, ...indexes: string[]): Record<string, string> {
  const all: Record<string, string> = { ...base, "priv/repo/migrations/20240101000000_create_notes.exs": migration(...indexes), ...files };
  const { findings } = runRules(projectFrom(all), (path) => all[path] ?? null, { rules: [foreignKeyWithoutIndex] });
  return Object.fromEntries(findings.map(({ text, severity }) => [/:(\w+)/.exec(text)?.[1] ?? "", severity]));
}

const query = (body: string) => ({
  "lib/shop/notes.ex": `defmodule Shop.Notes do\n  import Ecto.Query\n\n  def find(user, folder), do: Shop.Repo.all(${body})\nend\n`,
});

describe("a foreign key without index weighs", () => {
  test("little where only deleting the other row asks for it", () => {
    expect(severities({})).toEqual({ user_id: "medium", folder_id: "medium" });
  });

  test("much where a serving query finds rows of a growing table by it", () => {
    expect(severities(query("from n in Shop.Note, where: n.user_id == ^user.id"))).toEqual({ user_id: "high", folder_id: "medium" });
  });

  test("much where an association reads a growing table by it", () => {
    const folder = base["lib/shop/folder.ex"].replace("    belongs_to", "    has_many :notes, Shop.Note\n    belongs_to");
    expect(severities({ "lib/shop/folder.ex": folder })).toEqual({ user_id: "medium", folder_id: "high" });
  });

  test("much for one of two keys that a query gives together, since one index serves it", () => {
    const both = query("from n in Shop.Note, where: n.user_id == ^user.id and n.folder_id == ^folder.id");
    expect(severities(both)).toEqual({ user_id: "high", folder_id: "medium" });
  });

  test("little where the query begins with another column that has an index", () => {
    const byKind = query("from n in Shop.Note, where: n.kind == ^folder.kind and n.user_id == ^user.id");
    expect(severities(byKind, "create index(:notes, [:kind])")).toEqual({ user_id: "medium", folder_id: "medium" });
  });

  test("little where the association is declared for deleting along with its owner", () => {
    const folder = base["lib/shop/folder.ex"].replace(
      "    belongs_to",
      "    has_many :notes, Shop.Note, on_delete: :delete_all\n    belongs_to",
    );
    expect(severities({ "lib/shop/folder.ex": folder })).toEqual({ user_id: "medium", folder_id: "medium" });
  });

  test("little where the query joins something unknown that may find the rows sooner", () => {
    const joined = query("from n in Shop.Note, join: s in subquery(folder.query), on: s.id == n.id, where: n.user_id == ^user.id");
    expect(severities(joined)).toEqual({ user_id: "medium", folder_id: "medium" });
  });

  test("little in a table whose rows wait and leave again", () => {
    const file = "priv/repo/migrations/20240102000000_create_pending_notes.exs";
    const asked = (table: string) => ({
      "lib/shop/draft.ex": `defmodule Shop.Draft do\n  use Ecto.Schema\n\n  schema "${table}" do\n    belongs_to :author, Shop.User\n  end\nend\n`,
      "lib/shop/drafts.ex":
        "defmodule Shop.Drafts do\n  import Ecto.Query\n\n  def find(user), do: Shop.Repo.all(from d in Shop.Draft, where: d.author_id == ^user.id)\nend\n",
      [file]: `defmodule Shop.Repo.Migrations.CreateDrafts do\n  use Ecto.Migration\n\n  def change do\n    create table(:${table}) do\n      add :author_id, references(:users)\n    end\n  end\nend\n`,
    });
    expect(severities(asked("notes_sent"))).toMatchObject({ author_id: "high" });
    expect(severities(asked("pending_notes"))).toMatchObject({ author_id: "medium" });
  });

  test("little where only a script asks", () => {
    const script = { "priv/repo/seeds.exs": query("from n in Shop.Note, where: n.user_id == ^user.id")["lib/shop/notes.ex"] };
    expect(severities(script)).toEqual({ user_id: "medium", folder_id: "medium" });
  });

  test("little in a table whose rows no person brings", () => {
    const file = "priv/repo/migrations/20240102000000_create_rates.exs";
    const files = {
      "lib/shop/zone.ex": 'defmodule Shop.Zone do\n  use Ecto.Schema\n\n  schema "zones" do\n    has_many :rates, Shop.Rate\n  end\nend\n',
      "lib/shop/rate.ex": 'defmodule Shop.Rate do\n  use Ecto.Schema\n\n  schema "rates" do\n    belongs_to :zone, Shop.Zone\n  end\nend\n',
      [file]:
        "defmodule Shop.Repo.Migrations.CreateRates do\n  use Ecto.Migration\n\n  def change do\n    create table(:rates) do\n      add :zone_id, references(:zones)\n    end\n  end\nend\n",
    };
    expect(severities(files)).toMatchObject({ zone_id: "medium" });
  });
});
