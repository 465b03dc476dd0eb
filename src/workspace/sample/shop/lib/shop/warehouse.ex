defmodule Shop.Warehouse do
  @moduledoc "Talks to the warehouse."

  @doc "Asks the warehouse to send an order."
  def dispatch(order_id) do
    config = Application.fetch_env!(:shop, __MODULE__)

    Req.post(config[:base_url] <> "/dispatch",
      json: %{order: order_id},
      auth: {:bearer, config[:api_token]},
      receive_timeout: 5_000
    )
  end
end
