import { describe, expect, test } from "vitest";
import type { Project, Route } from "../../src/model/project.js";
import { endpointPlugs, pipelineOf, routesTo } from "../../src/project/pipeline-of.js";
import { projectFrom } from "../support/project.js";

function projectWith(body: string, more: Record<string, string> = {}): Project {
  return projectFrom({
    "lib/shop_web/router.ex": `defmodule ShopWeb.Router do
  use Phoenix.Router
  pipeline :browser do
    plug :accepts, ["html"]
    plug :fetch_session
  end
  pipeline :admin do
    plug ShopWeb.RequireAdmin
  end
${body}
end
`,
    ...more,
  });
}

const written = (routes: readonly Route[]): string[] =>
  routes.map((route) => `${route.verb} ${route.path} ${route.module} ${String(route.action)}`);

describe("routes", () => {
  test("scopes add paths, aliases and pipelines, in their order", () => {
    const { routes } = projectWith(`
  scope "/", ShopWeb do
    get "/early", PageController, :early
    pipe_through :browser
    get "/", PageController, :home
    scope "/admin", Admin, as: :admin do
      pipe_through [:admin]
      live "/users/:id", UserLive, :show
    end
    delete "/session", SessionController, :delete
  end
`);
    expect(written(routes)).toEqual([
      "get /early ShopWeb.PageController early",
      "get / ShopWeb.PageController home",
      "live /admin/users/:id ShopWeb.Admin.UserLive show",
      "delete /session ShopWeb.SessionController delete",
    ]);
    expect(routes.map(pipelineOf)).toEqual([
      [],
      ["accepts", "fetch_session"],
      ["accepts", "fetch_session", "ShopWeb.RequireAdmin"],
      ["accepts", "fetch_session"],
    ]);
  });

  test("resources have the actions they are asked for, nested ones below their parent", () => {
    const { routes } = projectWith(`
  resources "/users", ShopWeb.UserController, only: [:index, :update] do
    resources "/posts", ShopWeb.PostController, except: [:index, :new, :create, :edit, :update, :delete], param: "slug"
  end
  resources "/account", ShopWeb.AccountController, singleton: true, only: [:show]
`);
    expect(written(routes)).toEqual([
      "get /users ShopWeb.UserController index",
      "put /users/:id ShopWeb.UserController update",
      "patch /users/:id ShopWeb.UserController update",
      "get /users/:user_id/posts/:slug ShopWeb.PostController show",
      "get /account ShopWeb.AccountController show",
    ]);
  });

  test("a live_session's hooks are part of the way", () => {
    const { routes } = projectWith(`
  scope "/", ShopWeb do
    live_session :signed_in, on_mount: [{ShopWeb.UserAuth, :ensure_authenticated}, ShopWeb.Locale] do
      live "/cart", CartLive
    end
  end
`);
    expect(routes.map(pipelineOf)).toEqual([["ShopWeb.UserAuth.ensure_authenticated", "ShopWeb.Locale"]]);
    expect(routes[0]?.liveSession?.name).toBe("signed_in");
  });

  test("pipe_through may name a plug itself", () => {
    const { routes } = projectWith('  scope "/" do\n    pipe_through [:browser, :require_user]\n    get "/", A, :b\n  end\n');
    expect(routes.map(pipelineOf)).toEqual([["accepts", "fetch_session", "require_user"]]);
  });

  test("a controller's plugs count for the actions their guards let in", () => {
    const controller = `defmodule ShopWeb.UserController do
  use Phoenix.Controller
  @open [:index]
  plug :first
  plug :only_show when action in [:show]
  plug ShopWeb.NotIndex, [level: 1] when action not in @open
  plug :equal when action == :index
  def index(conn, _), do: conn
end
`;
    const project = projectWith('  resources "/users", ShopWeb.UserController, only: [:index, :show]\n', {
      "lib/user_controller.ex": controller,
    });
    expect(routesTo(project, "ShopWeb.UserController", "index").map(pipelineOf)).toEqual([["first", "equal"]]);
    expect(routesTo(project, "ShopWeb.UserController", "show").map(pipelineOf)).toEqual([["first", "only_show", "ShopWeb.NotIndex"]]);
  });

  test("a router of the project that is forwarded to is read where it is mounted", () => {
    const inner =
      'defmodule ShopWeb.Api do\n  use Plug.Router\n  plug ShopWeb.Token\n  plug :match\n  get "/ping" do\n    conn\n  end\nend\n';
    const { routes } = projectWith('  scope "/v1" do\n    pipe_through :admin\n    forward "/api", ShopWeb.Api\n  end\n', {
      "lib/api.ex": inner,
    });
    const ping = routes.find((route) => route.path === "/v1/api/ping");
    expect(ping).toMatchObject({ module: "ShopWeb.Api", file: "lib/api.ex" });
    expect(ping === undefined ? [] : pipelineOf(ping)).toEqual(["ShopWeb.RequireAdmin", "ShopWeb.Token", "match"]);
  });

  test("macros of the project are expanded; others leave their mark on the routes they wrap", () => {
    const { routes } = projectWith(
      `
  import ShopWeb.Scopes
  guarded do
    get "/a", A, :b
  end
  mystery do
    get "/c", C, :d
  end
`,
      {
        "lib/scopes.ex": `defmodule ShopWeb.Scopes do
  defmacro guarded(do: block) do
    quote do
      scope "/in" do
        pipe_through :admin
        unquote(block)
      end
    end
  end
end
`,
      },
    );
    expect(written(routes)).toEqual(["get /in/a A b", "get /c C d"]);
    expect(routes.map((route) => [pipelineOf(route), route.unreadMacros])).toEqual([
      [["ShopWeb.RequireAdmin"], []],
      [[], ["mystery"]],
    ]);
  });

  test("a pipe_through inside a macro holds for the lines below the macro", () => {
    const { routes } = projectWith(`
  scope "/" do
    locked()
    get "/a", A, :b
  end
  defmacrop locked do
    quote do
      pipe_through :admin
    end
  end
`);
    expect(routes.map(pipelineOf)).toEqual([["ShopWeb.RequireAdmin"]]);
  });

  test("routes behind a module-level condition are routes", () => {
    const { routes } = projectWith(
      '  if Mix.env() == :dev do\n    scope "/dev" do\n      forward "/mail", Bamboo.SentEmailViewerPlug\n    end\n  end\n',
    );
    expect(written(routes)).toEqual(["forward /dev/mail Bamboo.SentEmailViewerPlug null"]);
  });

  test("the endpoint's plugs are told apart", () => {
    const project = projectWith("", {
      "lib/endpoint.ex":
        "defmodule ShopWeb.Endpoint do\n  use Phoenix.Endpoint, otp_app: :shop\n  plug Plug.Session, store: :cookie\n  plug :own\nend\n",
    });
    expect(endpointPlugs(project).map((plug) => plug.name)).toEqual(["Plug.Session", "own"]);
  });
});
