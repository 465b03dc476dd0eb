defmodule Shop.Accounts do
  @moduledoc "Who buys and who sells."

  alias Shop.Accounts.User
  alias Shop.Repo

  @doc "Lists everybody, newest first."
  def list_users do
    import Ecto.Query

    Repo.all(from u in User, order_by: [desc: u.inserted_at], limit: 100)
  end

  @doc "Fetches a user or raises, which Phoenix answers with 404."
  def get_user!(id), do: Repo.get!(User, id)

  @doc "The name shown beside an order."
  def owner_name(user_id) do
    case Repo.get(User, user_id) do
      nil -> "unknown"
      user -> user.name
    end
  end

  @doc "Registers a user."
  def register_user(attrs) do
    %User{}
    |> User.changeset(attrs)
    |> Repo.insert()
  end
end
