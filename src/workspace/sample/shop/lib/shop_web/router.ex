defmodule ShopWeb.Router do
  use ShopWeb, :router

  import ShopWeb.UserAuth

  pipeline :browser do
    plug :accepts, ["html", "json"]
    plug :fetch_session
    plug :protect_from_forgery
    plug :put_secure_browser_headers
    plug :fetch_current_user
  end

  pipeline :signed_in do
    plug :require_user
  end

  scope "/", ShopWeb do
    pipe_through :browser

    get "/", ProductController, :index
    get "/products/search", ProductController, :search
    get "/products/:id", ProductController, :show
    post "/session", SessionController, :create
  end

  scope "/", ShopWeb do
    pipe_through [:browser, :signed_in]

    resources "/orders", OrderController, only: [:index, :show, :create]
    post "/orders/:id/pay", OrderController, :pay
    live "/orders/board", OrderBoardLive
  end

  scope "/admin", ShopWeb do
    pipe_through :browser

    post "/products/import", AdminProductController, :import
    delete "/products/:id", AdminProductController, :delete
  end
end
