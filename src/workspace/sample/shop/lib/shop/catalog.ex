defmodule Shop.Catalog do
  @moduledoc "Products and where they come from."

  import Ecto.Query

  alias Shop.Catalog.Product
  alias Shop.Repo

  @doc "Products on sale, cheapest first, a page at a time."
  def list_products(page) do
    Repo.all(from p in Product, order_by: p.price_cents, limit: 50, offset: ^((page - 1) * 50))
  end

  @doc "Fetches a product or raises."
  def get_product!(id), do: Repo.get!(Product, id)

  @doc "The products with the given ids."
  def get_products(ids), do: Repo.all(from p in Product, where: p.id in ^ids)

  @doc "Stores the rows of a supplier's price list."
  def import_products(rows) do
    Enum.each(rows, fn row ->
      %Product{}
      |> Product.changeset(row)
      |> Repo.insert!()
    end)
  end

  @doc "Searches products by name."
  def search(term) do
    Repo.query!("SELECT id, name FROM products WHERE name ILIKE '%#{term}%' ORDER BY name LIMIT 20")
  end

  @doc "Writes all products to a file and returns how many there were."
  def export(path) do
    {:ok, device} = File.open(path, [:write, :utf8])
    products = Repo.all(from p in Product, limit: 10_000)

    for product <- products do
      IO.write(device, "#{product.sku};#{product.name};#{product.price_cents}\n")
    end

    length(products)
  end
end
