import Config

if config_env() == :prod do
  config :shop, Shop.Repo, url: System.fetch_env!("DATABASE_URL")

  config :shop, ShopWeb.Endpoint, secret_key_base: System.fetch_env!("SECRET_KEY_BASE")
end
