import { describe, expect, test } from "vitest";
import { schemaOf, tableOf } from "../../src/project/schema-of.js";
import { projectFrom } from "../support/project.js";

const base = `defmodule Blog.Resource do
  defmacro __using__(_options) do
    quote do
      use Ash.Resource, domain: Blog.Domain, data_layer: AshPostgres.DataLayer
    end
  end
end
`;

const post = `defmodule Blog.Post do
  use Blog.Resource

  postgres do
    table "posts"
    schema "crm"
    repo Blog.Repo

    references do
      reference :author, on_delete: :delete, index?: true
    end
  end

  attributes do
    uuid_primary_key :id
    attribute :title, :string, allow_nil?: false, public?: true

    attribute :price, :decimal do
      source :price_in_euro
      default 0
    end

    create_timestamp :inserted_at
  end

  relationships do
    belongs_to :author, Blog.Author do
      allow_nil? false
    end

    belongs_to :category, Blog.Category, source_attribute: :topic_id, attribute_type: :integer
    has_many :comments, Blog.Comment
    has_one :cover, Blog.Image, destination_attribute: :owner_id

    many_to_many :tags, Blog.Tag do
      through Blog.PostTag
    end
  end

  identities do
    identity :unique_title, [:title, :author_id]
  end

  actions do
    defaults [:read, :destroy]
  end
end
`;

describe("Ash resources", () => {
  const project = projectFrom({
    "lib/blog/resource.ex": base,
    "lib/blog/post.ex": post,
    "lib/blog/address.ex":
      "defmodule Blog.Address do\n  use Ash.Resource, data_layer: :embedded\n\n  attributes do\n    attribute :street, :string\n  end\nend\n",
    "priv/repo/migrations/20240101000000_a.exs":
      'defmodule A do\n  use Ecto.Migration\n  def up do\n    create table(:posts, primary_key: false, prefix: "crm") do\n      add :id, :uuid, primary_key: true\n      add :title, :text\n    end\n  end\nend\n',
  });
  const schema = schemaOf(project, "Blog.Post");

  test("are schemas with the table their data layer names", () => {
    expect(schema === null ? null : tableOf(project, schema)?.name).toBe("crm.posts");
    expect(schema?.primaryKey).toEqual(["id"]);
    expect(schemaOf(project, "Blog.Address")).toMatchObject({ table: null, fields: [{ name: "street" }] });
  });

  test("have attributes as fields, those that belongs_to defines among them", () => {
    expect(schema?.fields.map(({ name, type, column }) => `${name}:${type}:${column}`)).toEqual([
      "id:uuid:id",
      "title:string:title",
      "price:decimal:price_in_euro",
      "inserted_at:utc_datetime_usec:inserted_at",
      "author_id:uuid:author_id",
      "topic_id:integer:topic_id",
    ]);
  });

  test("have relationships as associations, with Ash's default keys", () => {
    expect(
      schema?.associations.map(({ name, cardinality, schema: related, foreignKey }) => [name, cardinality, related, foreignKey]),
    ).toEqual([
      ["author", "belongs_to", "Blog.Author", "author_id"],
      ["category", "belongs_to", "Blog.Category", "topic_id"],
      ["comments", "has_many", "Blog.Comment", "post_id"],
      ["cover", "has_one", "Blog.Image", "owner_id"],
      ["tags", "many_to_many", "Blog.Tag", null],
    ]);
    expect(schema?.associations.at(-1)?.joinTable).toBe("Blog.PostTag");
  });

  test("say what they declare unique, and of which foreign keys they want an index", () => {
    expect(schema?.identities?.map(({ name, fields }) => [name, fields])).toEqual([["unique_title", ["title", "author_id"]]]);
    expect(schema?.associations.map((association) => association.reference?.indexed ?? null)).toEqual([true, null, null, null, null]);
  });
});
