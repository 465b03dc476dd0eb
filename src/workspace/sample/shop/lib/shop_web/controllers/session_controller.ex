defmodule ShopWeb.SessionController do
  use ShopWeb, :controller

  def create(conn, %{"token" => token}) do
    case Phoenix.Token.verify(ShopWeb.Endpoint, "sign in", token, max_age: 600) do
      {:ok, user_id} ->
        conn |> configure_session(renew: true) |> put_session(:user_id, user_id) |> redirect(to: "/")

      {:error, _reason} ->
        conn |> put_status(:unauthorized) |> json(%{error: "the link has expired"})
    end
  end
end
