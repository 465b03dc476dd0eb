import Config

config :shop, ecto_repos: [Shop.Repo]

config :shop, ShopWeb.Endpoint,
  url: [host: "localhost"],
  render_errors: [formats: [json: ShopWeb.ErrorJSON], layout: false],
  pubsub_server: Shop.PubSub

config :phoenix, :json_library, Jason

import_config "#{config_env()}.exs"
