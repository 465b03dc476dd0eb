defmodule Shop.Orders.OrderItem do
  use Ecto.Schema

  schema "order_items" do
    belongs_to :order, Shop.Orders.Order
    belongs_to :product, Shop.Catalog.Product

    timestamps()
  end
end
