defmodule ShopWeb.OrderController do
  use ShopWeb, :controller

  alias Shop.Accounts
  alias Shop.Catalog
  alias Shop.Orders

  def index(conn, _params) do
    rows =
      Enum.map(Orders.list_orders(), fn order ->
        %{id: order.id, status: order.status, owner: Accounts.owner_name(order.user_id)}
      end)

    json(conn, %{orders: rows})
  end

  def show(conn, %{"id" => id}) do
    order = Orders.get_order!(id)
    json(conn, %{id: order.id, status: order.status, total_cents: order.total_cents})
  end

  def create(conn, %{"product_ids" => ids}) do
    products = ids |> Enum.take(20) |> Catalog.get_products()

    case Orders.place_order(conn.assigns.current_user, products) do
      {:ok, order} ->
        conn.assigns.current_user
        |> ShopWeb.OrderEmail.confirmation(order)
        |> Shop.Mailer.deliver()

        conn |> put_status(:created) |> json(%{id: order.id})

      {:error, _changeset} ->
        conn |> put_status(:unprocessable_entity) |> json(%{error: "the order could not be placed"})
    end
  end

  def pay(conn, %{"id" => id}) do
    order = Orders.get_order!(id)
    Orders.mark_paid(order)
    json(conn, %{status: "paid"})
  end
end
