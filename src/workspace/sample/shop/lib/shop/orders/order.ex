defmodule Shop.Orders.Order do
  use Ecto.Schema
  import Ecto.Changeset

  schema "orders" do
    field :status, :string
    field :total_cents, :integer

    belongs_to :user, Shop.Accounts.User
    has_many :items, Shop.Orders.OrderItem

    timestamps()
  end

  def changeset(order, attrs) do
    order
    |> cast(attrs, [:status, :total_cents])
    |> validate_required([:status, :total_cents])
  end

  def status_changeset(order, status) do
    order
    |> change(status: status)
    |> validate_inclusion(:status, ["open", "paid", "sent"])
  end
end
