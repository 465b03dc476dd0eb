defmodule Shop.OrdersTest do
  use Shop.DataCase, async: true

  alias Shop.Catalog.Product
  alias Shop.Orders

  test "place_order/2 sums the prices and takes from stock" do
    user = user_fixture()
    product = Repo.insert!(%Product{sku: "A1", name: "Tea", price_cents: 450, stock: 3})

    assert {:ok, order} = Orders.place_order(user, [product])
    assert order.total_cents == 450
    assert Repo.get!(Product, product.id).stock == 2
    assert Orders.times_sold(product.id) == 1
  end

  test "list_orders_for/1 leaves out other people's orders" do
    user = user_fixture()
    assert Orders.list_orders_for(user.id) == []
    assert Orders.list_orders() == []
  end

  test "mark_paid/1 changes the status" do
    user = user_fixture()
    {:ok, order} = Orders.place_order(user, [])
    Orders.mark_paid(order)
    assert Orders.get_order!(order.id).status == "paid"
  end
end
