import Config

config :shop, Shop.Warehouse,
  base_url: "https://warehouse.internal",
  api_token: "__SAMPLE_TOKEN__"
