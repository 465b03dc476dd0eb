defmodule Shop.AccountsTest do
  use Shop.DataCase, async: true

  alias Shop.Accounts

  test "register_user/1 stores a user" do
    assert {:ok, user} = Accounts.register_user(%{name: "Ana", email: "ana@example.com"})
    assert Accounts.get_user!(user.id).email == "ana@example.com"
  end

  test "register_user/1 refuses an address without @" do
    assert {:error, changeset} = Accounts.register_user(%{name: "Ana", email: "nope"})
    assert changeset.errors[:email]
  end

  test "owner_name/1 says unknown when the user is gone" do
    assert Accounts.owner_name(-1) == "unknown"
  end

  test "list_users/0 lists the newest first" do
    user = user_fixture()
    assert [first | _rest] = Accounts.list_users()
    assert first.id == user.id
  end
end
