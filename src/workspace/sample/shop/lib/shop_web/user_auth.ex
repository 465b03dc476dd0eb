defmodule ShopWeb.UserAuth do
  @moduledoc "Knows who is asking."

  import Plug.Conn
  import Phoenix.Controller

  def fetch_current_user(conn, _options) do
    case get_session(conn, :user_id) do
      nil -> assign(conn, :current_user, nil)
      id -> assign(conn, :current_user, Shop.Accounts.get_user!(id))
    end
  end

  def require_user(conn, _options) do
    if conn.assigns.current_user do
      conn
    else
      conn
      |> put_status(:unauthorized)
      |> json(%{error: "sign in first"})
      |> halt()
    end
  end
end
