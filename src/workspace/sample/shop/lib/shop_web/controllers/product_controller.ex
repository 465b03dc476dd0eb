defmodule ShopWeb.ProductController do
  use ShopWeb, :controller

  alias Shop.Catalog

  def index(conn, params) do
    page = params |> Map.get("page", "1") |> String.to_integer()
    products = Catalog.list_products(page)
    json(conn, %{products: Enum.map(products, &%{id: &1.id, name: &1.name, price_cents: &1.price_cents})})
  end

  def search(conn, %{"q" => term}) do
    result = Catalog.search(term)
    json(conn, %{products: Enum.map(result.rows, fn [id, name] -> %{id: id, name: name} end)})
  end

  def show(conn, %{"id" => id}) do
    product = Catalog.get_product!(id)
    json(conn, %{id: product.id, name: product.name, price_cents: product.price_cents})
  end
end
