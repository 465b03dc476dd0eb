import { describe, expect, it } from "vitest";
import { rules } from "../../src/rules/registry.js";
import { runRules } from "../../src/rules/run.js";
import { projectFrom } from "../support/project.js";

/**
 * The checks of Sobelow 0.15 that look at code. Left out: `Misc.FilePath`, which reports nothing, and `Vuln.*`, which
 * name releases of four packages from 2017 and 2018.
 */
const checks = [
  "Config.CSP",
  "Config.CSRF",
  "Config.CSRFRoute",
  "Config.CSWH",
  "Config.HSTS",
  "Config.HTTPS",
  "Config.Headers",
  "Config.Secrets",
  "CI.OS",
  "CI.System",
  "DOS.BinToAtom",
  "DOS.ListToAtom",
  "DOS.StringToAtom",
  "Misc.BinToTerm",
  "RCE.CodeModule",
  "RCE.EEx",
  "SQL.Query",
  "SQL.Stream",
  "Traversal.FileModule",
  "Traversal.SendDownload",
  "Traversal.SendFile",
  "XSS.ContentType",
  "XSS.HTML",
  "XSS.Raw",
  "XSS.SendResp",
];

describe("every check of Sobelow", () => {
  const honoured = new Map(rules.flatMap((rule) => (rule.silencedBy.sobelow ?? []).map((check) => [check, rule] as const)));

  it.each(checks)("%s has a rule of the same meaning, which names its weakness", (check) => {
    const rule = honoured.get(check);
    expect(rule?.area === "configuration" || rule?.area === "security").toBe(true);
    expect(rule?.cwe.length).toBeGreaterThan(0);
  });
});

/** Files of a small project, and the rule that has to speak (or not) when all rules about security and configuration look at them. */
interface Item {
  readonly says: string;
  readonly files: Readonly<Record<string, string>>;
  readonly rule: string;
}

function foundIn(files: Item["files"]): string[] {
  const looking = rules.filter(({ area }) => area === "security" || area === "configuration");
  const { findings } = runRules(projectFrom(files), (path) => files[path] ?? null, { rules: looking });
  return findings.filter(({ confidence }) => confidence !== "possible").map(({ rule }) => rule);
}

const controller = (body: string): Item["files"] => ({
  "lib/shop_web/controllers/item_controller.ex": `defmodule ShopWeb.ItemController do\n  use Phoenix.Controller\n\n${body}\nend\n`,
});

const router = (pipeline: string, routes: string, more = ""): string =>
  `defmodule ShopWeb.Router do\n  use Phoenix.Router\n\n  pipeline :browser do\n${pipeline}\n  end\n\n  scope "/", ShopWeb do\n    pipe_through :browser\n${routes}\n  end\n${more}end\n`;

const pages = '    get "/", PageController, :home';
const printed = {
  "lib/shop_web/page_html.ex": "defmodule ShopWeb.PageHTML do\n  def notice(shop), do: Phoenix.HTML.raw(shop.notice)\nend\n",
};

const missed: readonly Item[] = [
  {
    says: "a change made by GET alone",
    rule: "forgery-possible",
    files: {
      "lib/shop_web/router.ex": router(
        '    plug :accepts, ["html"]\n    plug :fetch_session\n    plug :protect_from_forgery',
        '    get "/items/:id/delete", ItemController, :delete',
      ),
      ...controller(
        '  def delete(conn, %{"id" => id}) do\n    Shop.Repo.delete!(Shop.Repo.get!(Shop.Item, id))\n    redirect(conn, to: "/")\n  end',
      ),
      "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
    },
  },
  {
    says: "a key that is not called password or secret",
    rule: "secret-in-source",
    files: { "config/config.exs": `import Config\n\nconfig :shop, Shop.Mail, api_key: "${"key-" + "9f8e7d6c5b4a39281706f5e4d3c2b1a0"}"\n` },
  },
  {
    says: "what stands when a variable is not set",
    rule: "secret-in-source",
    files: {
      "config/runtime.exs": `import Config\n\nconfig :shop, ShopWeb.Endpoint,\n  secret_key_base: System.get_env("SECRET_KEY_BASE") || "${Buffer.from("stands where no variable says another one, for every installation").toString("base64")}"\n`,
    },
  },
  {
    says: "SQL of a repository with another name",
    rule: "sql-built-from-values",
    files: {
      ...controller(
        '  def index(conn, %{"name" => name}) do\n    json(conn, Shop.ReadOnly.query!("SELECT * FROM items WHERE name = \'#{name}\'"))\n  end',
      ),
      "lib/shop/read_only.ex": "defmodule Shop.ReadOnly do\n  use Ecto.Repo, otp_app: :shop, read_only: true\nend\n",
    },
  },
  {
    says: "`raw` inside a `~H` sigil",
    rule: "html-from-input",
    files: {
      "lib/shop_web/live/search_live.ex":
        'defmodule ShopWeb.SearchLive do\n  use Phoenix.LiveView\n\n  def handle_params(%{"q" => q}, _uri, socket), do: {:noreply, assign(socket, :heading, Phoenix.HTML.raw("<b>#{q}</b>"))}\nend\n',
    },
  },
  {
    says: "code compiled from text",
    rule: "code-from-input",
    files: controller('  def run(conn, %{"code" => code}) do\n    Code.compile_string(code)\n    json(conn, %{})\n  end'),
  },
  {
    says: "a shell given as the command",
    rule: "code-from-input",
    files: controller('  def run(conn, %{"name" => name}) do\n    System.cmd("sh", ["-c", "convert #{name}"])\n    json(conn, %{})\n  end'),
  },
  {
    says: "keys of JSON made atoms",
    rule: "atom-from-input",
    files: controller('  def create(conn, %{"data" => data}) do\n    json(conn, Jason.decode!(data, keys: :atoms))\n  end'),
  },
  {
    says: "an atom put together in text",
    rule: "atom-from-input",
    files: controller('  def show(conn, %{"kind" => kind}) do\n    render(conn, :"show_#{kind}")\n  end'),
  },
];

const mistaken: readonly Item[] = [
  {
    says: "a policy that a plug of the project sends",
    rule: "browser-headers-missing",
    files: {
      "lib/shop_web/router.ex": router(
        '    plug :accepts, ["html"]\n    plug :put_secure_browser_headers\n    plug :put_policy',
        pages,
        '\n  defp put_policy(conn, _options), do: Plug.Conn.put_resp_header(conn, "content-security-policy", "default-src \'self\'")\n',
      ),
      ...printed,
    },
  },
  {
    says: "a pipeline that answers JSON",
    rule: "browser-headers-missing",
    files: { "lib/shop_web/router.ex": router('    plug :accepts, ["json"]\n    plug :put_secure_browser_headers', pages), ...printed },
  },
  {
    says: "`check_origin: :conn`, which is strict",
    rule: "websocket-origin-unchecked",
    files: {
      "lib/shop_web/endpoint.ex":
        'defmodule ShopWeb.Endpoint do\n  use Phoenix.Endpoint, otp_app: :shop\n\n  socket "/live", Phoenix.LiveView.Socket, websocket: [check_origin: :conn, connect_info: [session: [store: :cookie]]]\nend\n',
    },
  },
  {
    says: "HTTPS enforced by a plug of the endpoint",
    rule: "https-not-enforced",
    files: {
      "config/prod.exs": 'import Config\n\nconfig :shop, ShopWeb.Endpoint, url: [host: "shop.example", scheme: "https"]\n',
      "lib/shop_web/endpoint.ex":
        "defmodule ShopWeb.Endpoint do\n  use Phoenix.Endpoint, otp_app: :shop\n\n  plug Plug.SSL, hsts: true\nend\n",
    },
  },
  {
    says: "a local function called `html`",
    rule: "html-from-input",
    files: controller(
      '  def show(conn, %{"name" => name}), do: json(conn, html(conn, name))\n\n  defp html(_conn, name), do: %{frame: name}',
    ),
  },
  {
    says: "JSON sent as text",
    rule: "html-from-input",
    files: controller('  def show(conn, %{"name" => name}), do: send_resp(conn, 200, Jason.encode!(%{name: name}))'),
  },
  {
    says: "SQL in a variable, built of constants",
    rule: "sql-built-from-values",
    files: {
      ...controller(
        '  def index(conn, _params) do\n    sql = "SELECT count(*) FROM #{"items"}"\n    json(conn, Shop.Repo.query!(sql))\n  end',
      ),
      "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
    },
  },
  {
    says: "a file of the application itself",
    rule: "path-from-input",
    files: controller(
      '  def script(conn, _params) do\n    path = Application.app_dir(:shop, "priv/static/embed.js")\n    send_file(conn, 200, path)\n  end',
    ),
  },
  {
    says: "a path that was made safe",
    rule: "path-from-input",
    files: controller(
      '  def show(conn, %{"file" => file}) do\n    {:ok, name} = Path.safe_relative(file)\n    send_file(conn, 200, Path.join("/srv/files", name))\n  end',
    ),
  },
  {
    says: "an atom out of few",
    rule: "atom-from-input",
    files: controller(
      '  def index(conn, %{"sort" => sort}) when sort in ["name", "price"] do\n    json(conn, String.to_atom(sort))\n  end',
    ),
  },
  {
    says: "terms read without functions in them",
    rule: "term-from-input",
    files: controller(
      '  def show(conn, %{"state" => state}), do: json(conn, Plug.Crypto.non_executable_binary_to_term(Base.decode64!(state), [:safe]))',
    ),
  },
];

describe("what Sobelow does not see", () => {
  it.each(missed)("$says is found", ({ files, rule }) => {
    expect(foundIn(files)).toContain(rule);
  });
});

describe("what Sobelow takes for a weakness", () => {
  it.each(mistaken)("$says is left alone", ({ files, rule }) => {
    expect(foundIn(files)).not.toContain(rule);
  });
});
