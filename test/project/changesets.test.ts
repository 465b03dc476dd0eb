import { describe, expect, it } from "vitest";
import { changesetsOf } from "../../src/project/changesets/changesets-of.js";
import { projectFrom } from "../support/project.js";

const project = projectFrom({
  "lib/shop/user.ex": `defmodule Shop.User do
  use Ecto.Schema
  import Ecto.Changeset
  import Shop.Checks

  @required ~w(email name)a

  schema "users" do
    field :email, :string
    field :name, :string
  end

  def changeset(user, attributes) do
    user
    |> cast(attributes, @required ++ [:age])
    |> validate_required(@required)
    |> unique_email()
    |> named()
  end

  defp unique_email(changeset), do: unique_constraint(changeset, :email, name: :emails, match: :suffix)

  def rename(user, fields) do
    user |> Ecto.Changeset.cast(%{}, fields) |> check_constraint(:name, name: :name_is_short) |> no_assoc_constraint(:posts)
  end

  def full_name(user), do: user.name
end
`,
  "lib/shop/user/changeset.ex": `defmodule Shop.User.Changeset do
  import Ecto.Changeset

  def invite(user, attributes), do: user |> cast(attributes, [:email]) |> unique_constraint(:email)
end
`,
  "lib/shop/checks.ex": `defmodule Shop.Checks do
  import Ecto.Changeset

  def named(changeset), do: foreign_key_constraint(changeset, :company_id)
end
`,
});
const schema = project.schemas.get("Shop.User");
const changesets = schema === undefined ? [] : changesetsOf(project, schema);

describe("changesets of a schema", () => {
  it("are its functions that cast or constrain, helpers folded in", () => {
    expect(changesets.map((changeset) => changeset.function)).toEqual([
      ...["Shop.User.changeset/2", "Shop.User.rename/2", "Shop.User.Changeset.invite/2"],
    ]);
  });

  it("name fields written as attributes and sums of lists, and say when they cannot be told", () => {
    expect(changesets.map((changeset) => changeset.casts.map((cast) => cast.fields))).toEqual([
      [["email", "name", "age"]],
      [null],
      [["email"]],
    ]);
    expect(changesets[0]?.required.map((step) => step.fields)).toEqual([["email", "name"]]);
  });

  it("carry the constraints of local and imported helpers, with their names", () => {
    expect(changesets[0]?.constraints.map(({ kind, fields, name, match }) => [kind, fields, name, match])).toEqual([
      ["unique", ["email"], "emails", "suffix"],
      ["foreign_key", ["company_id"], null, "exact"],
    ]);
    expect(changesets[1]?.constraints.map(({ kind, fields, name }) => [kind, fields, name])).toEqual([
      ["check", ["name"], "name_is_short"],
      ["no_association", ["posts"], null],
    ]);
  });
});
