defmodule ShopWeb.OrderBoardLive do
  use ShopWeb, :live_view

  alias Shop.Catalog
  alias Shop.Orders

  @impl true
  def mount(_params, _session, socket) do
    if connected?(socket), do: Phoenix.PubSub.subscribe(Shop.PubSub, "orders")

    {:ok, assign(socket, products: Catalog.list_products(1))}
  end

  @impl true
  def handle_info({:paid, _order_id}, socket) do
    {:noreply, assign(socket, products: Catalog.list_products(1))}
  end

  @impl true
  def render(assigns) do
    ~H"""
    <h1>Best sellers</h1>
    <ul>
      <li :for={product <- @products}>
        {product.name}: {Orders.times_sold(product.id)} sold
      </li>
    </ul>
    """
  end
end
