import { describe, expect, test } from "vitest";
import { schemaOf, tableOf } from "../../src/project/schema-of.js";
import { projectFrom } from "../support/project.js";

const base = `defmodule Shop.Schema do
  defmacro __using__(_options) do
    quote do
      use Ecto.Schema
      @primary_key {:id, :binary_id, autogenerate: true}
      @foreign_key_type :binary_id
    end
  end
end
`;

const user = `defmodule Shop.User do
  use Shop.Schema
  @schema_prefix "crm"

  schema "users" do
    field :name
    field :tags, {:array, :string}, default: []
    field :password, :string, virtual: true
    belongs_to :team, Shop.Team
    belongs_to :boss, __MODULE__, foreign_key: :manager_id
    has_many :posts, Shop.Post
    has_many :comments, through: [:posts, :comments]
    has_one :profile, Shop.Profile, foreign_key: :owner_id
    many_to_many :roles, Shop.Role, join_through: "users_roles"

    embeds_one :address, Address do
      field :street, :string
    end

    timestamps(type: :utc_datetime)
  end
end
`;

describe("schemas", () => {
  const project = projectFrom({
    "lib/shop/schema.ex": base,
    "lib/shop/user.ex": user,
    "priv/repo/migrations/20240101000000_a.exs":
      'defmodule A do\n  use Ecto.Migration\n  def change, do: create(table(:users, prefix: "crm"))\nend\n',
  });
  const schema = schemaOf(project, "Shop.User");

  test("fields have types, the wrapper's key types among them", () => {
    expect(schema?.fields.map((field) => `${field.name}:${field.type}`)).toEqual([
      "id:binary_id",
      "name:string",
      "tags:{:array, :string}",
      "password:string",
      "team_id:binary_id",
      "manager_id:binary_id",
      "inserted_at:utc_datetime",
      "updated_at:utc_datetime",
    ]);
    expect(schema?.fields.find((field) => field.virtual)?.name).toBe("password");
    expect(schema?.primaryKey).toEqual(["id"]);
  });

  test("associations have Ecto's default keys unless others are written", () => {
    expect(
      schema?.associations.map(({ name, cardinality, schema: related, foreignKey }) => [name, cardinality, related, foreignKey]),
    ).toEqual([
      ["team", "belongs_to", "Shop.Team", "team_id"],
      ["boss", "belongs_to", "Shop.User", "manager_id"],
      ["posts", "has_many", "Shop.Post", "user_id"],
      ["comments", "has_many", null, null],
      ["profile", "has_one", "Shop.Profile", "owner_id"],
      ["roles", "many_to_many", "Shop.Role", null],
      ["address", "embeds_one", "Shop.User.Address", null],
    ]);
    expect(schema?.associations[3]?.through).toEqual(["posts", "comments"]);
    expect(schema?.associations[5]?.joinTable).toBe("users_roles");
  });

  test("a field is stored under its own name unless another source is written", () => {
    const stored = projectFrom({
      "lib/a.ex": `defmodule A do
  use Ecto.Schema
  @primary_key {:id, :id, source: :legacy_id}
  schema "a" do
    field :name, :string, source: :full_name
    belongs_to :team, T, source: :group_id
    timestamps(inserted_at_source: :created, updated_at: false)
  end
end
`,
    });
    expect(schemaOf(stored, "A")?.fields.map(({ name, column }) => `${name}:${column}`)).toEqual([
      ...["id:legacy_id", "name:full_name", "team_id:group_id", "inserted_at:created"],
    ]);
  });

  test("an inline embed is a schema without a table", () => {
    expect(schemaOf(project, "Shop.User.Address")).toMatchObject({ table: null, fields: [{ name: "street" }] });
  });

  test("the table is found with its prefix", () => {
    expect(schema === null ? null : tableOf(project, schema)?.name).toBe("crm.users");
  });

  test("an embedded schema has no table, and no key when it says so", () => {
    const embedded = projectFrom({
      "lib/a.ex": "defmodule A do\n  use Ecto.Schema\n  @primary_key false\n  embedded_schema do\n    field :x, :integer\n  end\nend\n",
    });
    expect(schemaOf(embedded, "A")).toMatchObject({ table: null, primaryKey: [] });
  });
});
