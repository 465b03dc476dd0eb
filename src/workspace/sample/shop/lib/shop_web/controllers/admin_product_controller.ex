defmodule ShopWeb.AdminProductController do
  use ShopWeb, :controller

  alias Shop.Catalog
  alias Shop.Repo

  def import(conn, %{"rows" => rows}) do
    Catalog.import_products(rows)
    json(conn, %{imported: length(rows)})
  end

  def delete(conn, %{"id" => id}) do
    product = Catalog.get_product!(id)

    case Repo.delete(product) do
      {:ok, _product} -> send_resp(conn, :no_content, "")
      {:error, _changeset} -> send_resp(conn, :conflict, "")
    end
  end
end
