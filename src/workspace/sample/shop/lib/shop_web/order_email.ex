defmodule ShopWeb.OrderEmail do
  @moduledoc "The mails about an order."

  import Swoosh.Email

  def confirmation(user, order) do
    new()
    |> to({user.name, user.email})
    |> from({"Shop", "shop@example.com"})
    |> subject("Your order #{order.id}")
    |> text_body("Thank you. We pack it now.")
  end
end
