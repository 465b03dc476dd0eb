defmodule Shop.DataCase do
  use ExUnit.CaseTemplate

  using do
    quote do
      alias Shop.Repo
      import Shop.DataCase
    end
  end

  setup tags do
    owner = Ecto.Adapters.SQL.Sandbox.start_owner!(Shop.Repo, shared: not tags[:async])
    on_exit(fn -> Ecto.Adapters.SQL.Sandbox.stop_owner(owner) end)
    :ok
  end

  def user_fixture(attrs \\ %{}) do
    {:ok, user} =
      attrs
      |> Enum.into(%{name: "Ana", email: "ana#{System.unique_integer([:positive])}@example.com"})
      |> Shop.Accounts.register_user()

    user
  end
end
