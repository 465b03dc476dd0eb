defmodule Shop.Repo.Migrations.CreateProducts do
  use Ecto.Migration

  def change do
    create table(:products) do
      add :sku, :string, null: false
      add :name, :string, null: false
      add :price_cents, :integer, null: false
      add :stock, :integer, null: false, default: 0

      timestamps()
    end

    create unique_index(:products, [:sku])
  end
end
