defmodule Shop.Orders do
  @moduledoc "Orders and what becomes of them."

  import Ecto.Query

  alias Shop.Orders.{Order, OrderItem}
  alias Shop.Repo

  @doc "The newest orders with their items."
  def list_orders do
    Repo.all(from o in Order, order_by: [desc: o.inserted_at], limit: 100, preload: :items)
  end

  @doc "One person's orders."
  def list_orders_for(user_id) do
    Repo.all(from o in Order, where: o.user_id == ^user_id, order_by: [desc: o.inserted_at])
  end

  @doc "Fetches an order or raises."
  def get_order!(id), do: Repo.get!(Order, id)

  @doc "Places an order for the given products."
  def place_order(user, products) do
    with {:ok, order} <- insert_order(user, products) do
      take_from_stock(products)
      {:ok, order}
    end
  end

  @doc "Marks an order as paid and says so."
  def mark_paid(order) do
    order
    |> Order.status_changeset("paid")
    |> Repo.update()

    Phoenix.PubSub.broadcast(Shop.PubSub, "orders", {:paid, order.id})
  end

  @doc "How often a product was sold."
  def times_sold(product_id) do
    Repo.aggregate(from(i in OrderItem, where: i.product_id == ^product_id), :count)
  end

  defp insert_order(user, products) do
    total = products |> Enum.map(& &1.price_cents) |> Enum.sum()

    %Order{user_id: user.id}
    |> Order.changeset(%{status: "open", total_cents: total})
    |> Ecto.Changeset.put_assoc(:items, Enum.map(products, &%OrderItem{product_id: &1.id}))
    |> Repo.insert()
  end

  defp take_from_stock(products) do
    ids = Enum.map(products, & &1.id)
    Repo.update_all(from(p in Shop.Catalog.Product, where: p.id in ^ids), inc: [stock: -1])
  end
end
