import { describe, expect, test } from "vitest";
import type { Database, Table } from "../../src/model/project.js";
import { isIndexed } from "../../src/project/schema-of.js";
import { projectFrom } from "../support/project.js";

/** Migrations given as bodies of `change`, in order, with helper functions after a line of dashes. */
function databaseAfter(...changes: readonly string[]): Database {
  const files = changes.map((change, position) => {
    const [body = "", helpers = ""] = change.split("----");
    const text = `defmodule M${String(position)} do\n  use Ecto.Migration\n  @tables [:cats, :dogs]\n  def change do\n${body}\n  end\n${helpers}\nend\n`;
    return [`priv/repo/migrations/2024010100000${String(position)}_step.exs`, text] as const;
  });
  return projectFrom(Object.fromEntries(files)).database;
}

function tableAfter(name: string, ...changes: readonly string[]): Table {
  const table = databaseAfter(...changes).tables.get(name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
}

const columnsOf = (table: Table): string[] => [...table.columns.values()].map((column) => `${column.name}:${column.type}`);
const indexesOf = (table: Table): string[] =>
  table.indexes.map((index) => `${index.name}(${index.columns.join(",")})${index.unique ? " unique" : ""}`);

const users = `
    create table(:users) do
      add :email, :string, null: false
      add :team_id, references(:teams, on_delete: :delete_all)
      timestamps()
    end
`;

describe("replayed migrations", () => {
  test("a created table has its columns, the default key and timestamps", () => {
    const table = tableAfter("users", users);
    expect(columnsOf(table)).toEqual([
      "id:bigserial",
      "email:string",
      "team_id:bigint",
      "inserted_at:naive_datetime",
      "updated_at:naive_datetime",
    ]);
    expect(table.columns.get("email")).toMatchObject({ nullable: false, primaryKey: false });
    expect(table.columns.get("team_id")?.references).toEqual({
      table: "teams",
      column: "id",
      with: [],
      onDelete: "delete_all",
      validated: true,
    });
    expect(table.columns.get("id")).toMatchObject({ primaryKey: true, nullable: false });
  });

  test("null: false inside references changes nothing, beside it everything", () => {
    const table = tableAfter(
      "a",
      "create table(:a) do\n add :b_id, references(:b, null: false)\n add :c_id, references(:c), null: false\nend",
    );
    expect([table.columns.get("b_id")?.nullable, table.columns.get("c_id")?.nullable]).toEqual([true, false]);
  });

  test("alter, rename and drop leave what is there today", () => {
    const table = tableAfter(
      "people",
      users,
      "alter table(:users) do\n add :age, :integer, default: 18\n modify :email, :citext, null: true\n remove :updated_at\nend",
      "rename table(:users), to: table(:people)\nrename table(:people), :email, to: :mail",
    );
    expect(columnsOf(table)).toEqual(["id:bigserial", "mail:citext", "team_id:bigint", "inserted_at:naive_datetime", "age:integer"]);
    expect(table.columns.get("mail")?.nullable).toBe(true);
    expect(databaseAfter(users, "drop table(:users)").tables.has("users")).toBe(false);
  });

  test("down is not run", () => {
    const source = "defmodule M do\n  use Ecto.Migration\n  def up, do: create(table(:a))\n  def down, do: drop(table(:a))\nend\n";
    expect([...projectFrom({ "apps/shop/priv/repo/migrations/20240101000000_a.exs": source }).database.tables.keys()]).toEqual(["a"]);
  });

  test("indexes are named as Ecto names them, and dropped by columns or name", () => {
    const created = `${users}
      create index(:users, [:team_id])
      create unique_index(:users, ["lower(email)"])
      create index(:users, [:email, :age], name: :wide, where: "age > 1", using: :gin, concurrently: true)
    `;
    const table = tableAfter("users", created);
    expect(indexesOf(table)).toEqual(["users_team_id_index(team_id)", "users_lower_email_index((lower(email))) unique", "wide(email,age)"]);
    expect(table.indexes[2]).toMatchObject({ where: "age > 1", method: "gin", concurrently: true });
    const after = tableAfter("users", created, "drop index(:users, [:team_id])\ndrop_if_exists index(:users, [], name: :wide)");
    expect(indexesOf(after)).toEqual(["users_lower_email_index((lower(email))) unique"]);
  });

  test("an index that is described and never created is none", () => {
    expect(tableAfter("users", `${users}\n    unique_index(:users, [:email])`).indexes).toEqual([]);
  });

  test("a dropped column takes its indexes along", () => {
    expect(
      tableAfter("users", `${users}\n create index(:users, [:team_id, :email])`, "alter table(:users) do\n remove :email\nend").indexes,
    ).toEqual([]);
  });

  test("loops over literal lists, attributes and helper functions are followed", () => {
    const database = databaseAfter(`
      for name <- @tables do
        create table(name) do
          common()
          add :"#{name}_id", :integer
        end
        create index(name, [:"#{name}_id"])
      end
      Enum.each([{:birds, [:a, :b]}], fn {name, columns} -> create index(name, columns) end)
      Enum.each(~w(fish)a, &add_table/1)
----
      defp common, do: add(:tag, :string)
      defp add_table(name), do: create(table(name))
    `);
    expect([...database.tables.keys()]).toEqual(["cats", "dogs", "birds", "fish"]);
    expect(columnsOf(database.tables.get("dogs") as Table)).toEqual(["id:bigserial", "tag:string", "dogs_id:integer"]);
    expect(indexesOf(database.tables.get("dogs") as Table)).toEqual(["dogs_dogs_id_index(dogs_id)"]);
    expect(database.unread).toEqual([]);
  });

  test("helpers of another module of the project are followed, at their own place", () => {
    const { database } = projectFrom({
      "lib/helpers.ex":
        "defmodule Shop.Helpers do\n  import Ecto.Migration\n  def add_owner(table), do: alter(table(table), do: add(:owner_id, :bigint))\nend\n",
      "priv/repo/migrations/20240101000000_a.exs":
        "defmodule M do\n  use Ecto.Migration\n  def change do\n    create table(:a)\n    Shop.Helpers.add_owner(:a)\n  end\nend\n",
    });
    expect(database.tables.get("a")?.columns.get("owner_id")?.path).toBe("lib/helpers.ex");
  });

  test("what hangs on an unknown condition is added, but never removed for certain", () => {
    const database = databaseAfter(`${users}
      if System.get_env("X") do
        create index(:users, [:email])
        drop table(:users)
      end
    `);
    expect(indexesOf(database.tables.get("users") as Table)).toEqual(["users_email_index(email)"]);
    expect(database.unread.map((statement) => statement.table)).toEqual(["users"]);
  });

  test("prefixes are part of a table's name, and of what it references", () => {
    const table = tableAfter(
      "audit.logs",
      'create table(:logs, prefix: "audit") do\n add :parent_id, references(:logs)\nend\ncreate index(:logs, [:parent_id], prefix: :audit)',
    );
    expect(table.columns.get("parent_id")?.references?.table).toBe("audit.logs");
    expect(indexesOf(table)).toEqual(["logs_parent_id_index(parent_id)"]);
  });

  test("constraints are kept and dropped, a foreign key's by its default name too", () => {
    const checked = `${users}\n create constraint(:users, :adult, check: "age > 17", validate: false)`;
    expect(tableAfter("users", checked).constraints).toMatchObject([
      { name: "adult", kind: "check", definition: "age > 17", validated: false },
    ]);
    const after = tableAfter("users", checked, 'drop constraint(:users, :adult)\ndrop constraint(:users, "users_team_id_fkey")');
    expect(after.constraints).toEqual([]);
    expect(after.columns.get("team_id")?.references).toBeNull();
  });

  test("foreign keys have names: the default one without the prefix, a written one, that of SQL", () => {
    const table = tableAfter(
      "shop.items",
      'create table(:items, prefix: "shop") do\n add :a_id, references(:a)\n add :b_id, references(:b, name: :to_b)\n add :c_id, :bigint\nend',
      'execute "ALTER TABLE shop.items ADD CONSTRAINT to_c FOREIGN KEY (c_id) REFERENCES c (id)"\ndrop constraint(:items, :to_b, prefix: "shop")',
    );
    expect([...table.foreignKeys]).toEqual([
      ["items_a_id_fkey", "a_id"],
      ["to_c", "c_id"],
    ]);
  });

  test("an index says what there is to it beside its columns", () => {
    const created = `${users}
      create index(:users, [:email, desc: :team_id])
      create index(:users, ["email text_pattern_ops"], name: :patterns)
      create index(:users, [:team_id], include: [:email])
      execute "CREATE INDEX by_sql ON users (email, team_id DESC) INCLUDE (id)"
      create index(:users, [:email, :team_id], name: :plain)`;
    expect(tableAfter("users", created).indexes.map(({ name, special }) => `${name} ${special ?? "plain"}`)).toEqual([
      ...["users_email_team_id_index order", "patterns other", "users_team_id_index other", "by_sql other", "plain plain"],
    ]);
  });

  test("exclusion constraints are kept, whether Ecto or SQL made them", () => {
    const made = `create constraint(:users, :one_at_a_time, exclude: "gist (team_id WITH =)")
      execute "ALTER TABLE users ADD CONSTRAINT no_overlap EXCLUDE USING gist (team_id WITH =)"`;
    expect(tableAfter("users", users, made).constraints.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      ...["one_at_a_time exclude", "no_overlap exclude"],
    ]);
  });

  test("a column stays a foreign key while one of two keys on it is left", () => {
    const again = "alter table(:users), do: modify(:team_id, references(:teams, name: :again))";
    const table = tableAfter("users", users, again, 'drop constraint(:users, "users_team_id_fkey")');
    expect(table.columns.get("team_id")?.references?.table).toBe("teams");
    expect(
      tableAfter("users", users, again, "drop constraint(:users, :again)\ndrop constraint(:users, :users_team_id_fkey)").columns.get(
        "team_id",
      )?.references,
    ).toBeNull();
  });

  test("a renamed constraint keeps what it was under its new name", () => {
    const table = tableAfter("users", users, 'execute "ALTER TABLE users RENAME CONSTRAINT users_team_id_fkey TO to_team"');
    expect([...table.foreignKeys]).toEqual([["to_team", "team_id"]]);
  });

  test("migrations run in the order of their versions, whatever their folder", () => {
    const { database } = projectFrom({
      "priv/repo/migrations/20240202000000_b.exs": "defmodule B do\n  use Ecto.Migration\n  def change, do: drop(index(:a, [:x]))\nend\n",
      "priv/repo/manual_migrations/20240101000000_a.exs":
        "defmodule A do\n  use Ecto.Migration\n  def change, do: create(index(:a, [:x]))\nend\n",
    });
    expect(database.tables.get("a")?.indexes).toEqual([]);
    expect(database.migrations).toBe(2);
  });

  test("configured key types are the default of new tables", () => {
    const { database } = projectFrom({
      "config/config.exs":
        "import Config\nconfig :shop, Shop.Repo, migration_primary_key: [name: :uuid, type: :binary_id], migration_timestamps: [type: :utc_datetime]\n",
      "priv/repo/migrations/20240101000000_a.exs":
        "defmodule A do\n  use Ecto.Migration\n  def change do\n    create table(:a) do\n      timestamps()\n    end\n  end\nend\n",
    });
    expect(columnsOf(database.tables.get("a") as Table)).toEqual(["uuid:binary_id", "inserted_at:utc_datetime", "updated_at:utc_datetime"]);
  });
});

describe("isIndexed", () => {
  test.each([
    ["create index(:users, [:team_id])", true],
    ["create unique_index(:users, [:team_id, :email])", true],
    ["create unique_index(:users, [:email, :team_id])", false],
    ['create index(:users, [:team_id], where: "team_id IS NOT NULL")', true],
    ['create index(:users, [:team_id], where: "deleted_at IS NULL")', false],
    ['execute "CREATE INDEX ON users (team_id)"', true],
    ['execute "ALTER TABLE users ADD CONSTRAINT u UNIQUE (team_id)"', true],
    ["", false],
  ])("after %s a foreign key is found: %s", (change, expected) => {
    expect(isIndexed(tableAfter("users", users, change), "team_id")).toBe(expected);
  });

  test("a key over several columns may be led by all of them together, in any order", () => {
    const table = tableAfter(
      "a",
      "create table(:a, primary_key: false) do\n add :account_id, :bigint, primary_key: true\n add :b_id, references(:b, with: [account_id: :account_id]), primary_key: true\nend",
    );
    expect(isIndexed(table, "b_id")).toBe(true);
  });
});
