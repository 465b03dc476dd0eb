defmodule Shop.Catalog.Product do
  use Ecto.Schema
  import Ecto.Changeset

  schema "products" do
    field :sku, :string
    field :name, :string
    field :price_cents, :integer
    field :stock, :integer, default: 0

    timestamps()
  end

  def changeset(product, attrs) do
    product
    |> cast(attrs, [:sku, :name, :price_cents, :stock])
    |> validate_required([:sku, :name, :price_cents])
    |> unique_constraint(:sku)
  end
end
