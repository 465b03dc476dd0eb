import type { ExampleFiles } from "../../src/rules/define.js";

/** One fix at work: on an example of the rule (by its place there) or on files of its own, and lines it must add. */
export interface Kind {
  readonly fix: string;
  readonly rule: string;
  readonly example: number | ExampleFiles;
  readonly gives: string;
}

const application = (children: string): string => `defmodule Shop.Application do
  use Application

  @impl true
  def start(_type, _args) do
    children = ${children}

    Supervisor.start_link(children, strategy: :one_for_one, name: Shop.Supervisor)
  end
end
`;

const signup = `defmodule Shop.Signup do
  def run(user) do
    Task.async(fn -> Shop.Mailer.welcome(user) end)
    {:ok, user}
  end
end
`;

const charge = (constraint: string): ExampleFiles => ({
  "lib/shop/charge.ex": `defmodule Shop.Charge do
  use Ecto.Schema
  import Ecto.Changeset

  schema "charges" do
    belongs_to :order, Shop.Order
    field :code, :string
  end

  def changeset(charge, attributes) do
    charge
    |> cast(attributes, [:order_id, :code])
    |> ${constraint}
  end
end
`,
  "lib/shop/order.ex": `defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    field :code, :string\n  end\nend\n`,
  "priv/repo/migrations/20240101000000_create_charges.exs": `defmodule Shop.Repo.Migrations.CreateCharges do
  use Ecto.Migration

  def change do
    create table(:orders) do
      add :code, :string
    end

    create table(:charges) do
      add :order_id, :bigint
      add :code, :string
    end

    create unique_index(:charges, [:code], name: :charges_by_code)
  end
end
`,
});

export const kinds: readonly Kind[] = [
  { fix: "fail-job", rule: "job-error-counts-as-success", example: 0, gives: "_ -> {:error, :failed}" },
  { fix: "read-string-keys", rule: "job-reads-atom-keys", example: 0, gives: `args: %{"order_id" => id}` },
  { fix: "read-string-keys", rule: "job-reads-atom-keys", example: 1, gives: `args["order_id"]` },
  { fix: "read-setting-late", rule: "environment-read-at-compile-time", example: 0, gives: `System.get_env("RESET_SALT"), user.id)` },
  {
    fix: "refuse-without-setting",
    rule: "secret-defaults-open",
    example: {
      "config/runtime.exs": `import Config\n\nconfig :shop, webhook_secret: System.get_env("WEBHOOK_SECRET", "")\n`,
      "lib/shop_web/webhook_plug.ex": `defmodule ShopWeb.WebhookPlug do
  def call(conn, _options) do
    secret = Application.get_env(:shop, :webhook_secret)
    expected = :crypto.mac(:hmac, :sha256, secret, conn.assigns.raw_body)
    if Plug.Crypto.secure_compare(expected, conn.assigns.signature), do: conn, else: Plug.Conn.halt(conn)
  end
end
`,
    },
    gives: `config :shop, webhook_secret: System.fetch_env!("WEBHOOK_SECRET")`,
  },
  { fix: "read-secret-at-start", rule: "secret-in-source", example: 0, gives: `System.fetch_env!("SECRET_KEY_BASE")` },
  { fix: "preload-loaded", rule: "association-not-loaded", example: 0, gives: "post = Repo.get!(Post, id) |> Repo.preload(:author)" },
  {
    fix: "match-constraint",
    rule: "constraint-not-in-database",
    example: charge("foreign_key_constraint(:order_id)"),
    gives: "validate: false",
  },
  {
    fix: "match-unique-constraint",
    rule: "constraint-without-index",
    example: 0,
    gives: "create unique_index(:coupons, [:code], concurrently: true)",
  },
  {
    fix: "match-unique-constraint",
    rule: "constraint-without-index",
    example: charge("unique_constraint(:code)"),
    gives: "name: :charges_by_code",
  },
  {
    fix: "add-unique-index",
    rule: "identity-without-index",
    example: 0,
    gives: "create unique_index(:authors, [:email], concurrently: true)",
  },
  { fix: "add-unique-index", rule: "pair-not-unique", example: 0, gives: "GROUP BY user_id, item_id HAVING count(*) > 1" },
  { fix: "add-unique-index", rule: "unique-check-without-index", example: 0, gives: "|> unique_constraint(:nickname)" },
  { fix: "add-unique-constraint", rule: "unique-index-without-constraint", example: 0, gives: "    |> unique_constraint(:code)" },
  { fix: "bound-wait", rule: "infinite-timeout", example: 0, gives: "Repo.all(Order, timeout: 60_000)" },
  { fix: "count-in-database", rule: "load-then-reduce", example: 0, gives: "Repo.aggregate(" },
  { fix: "add-index-migration", rule: "lookup-without-index", example: 0, gives: "create index(:invites, [:token], concurrently: true)" },
  {
    fix: "add-index-migration",
    rule: "order-by-without-index",
    example: 0,
    gives: "create index(:posts, [:published_at], concurrently: true)",
  },
  { fix: "keep-multi", rule: "multi-never-run", example: 0, gives: "    multi = Multi.delete_all(multi, " },
  { fix: "load-before-loop", rule: "query-per-element", example: 1, gives: "for post <- Repo.preload(posts, :author), do: post" },
  {
    fix: "set-not-null",
    rule: "required-but-nullable",
    example: 0,
    gives: `execute "ALTER TABLE invoices ALTER COLUMN number SET NOT NULL"`,
  },
  {
    fix: "stream-in-transaction",
    rule: "stream-outside-transaction",
    example: 0,
    gives: "    {:ok, result} =\n      Repo.transaction(fn ->",
  },
  { fix: "roll-back-error", rule: "transaction-commits-error", example: 0, gives: "Repo.rollback(:sold_out)" },
  { fix: "write-to-primary", rule: "write-on-replica", example: 0, gives: "Shop.Repo.insert(visit)" },
  { fix: "leave-with", rule: "failure-not-expected", example: 0, gives: "{:ok, placed} <- Repo.update(" },
  { fix: "match-row", rule: "pattern-never-matches", example: 0, gives: "with %Order{} = order <- Repo.get(Order, id) do" },
  { fix: "say-way-back", rule: "change-not-reversible", example: 0, gives: `execute "CREATE EXTENSION citext", "DROP EXTENSION citext"` },
  { fix: "build-index-concurrently", rule: "migration-lock-held", example: 0, gives: "  @disable_migration_lock true" },
  { fix: "drop-redundant-index", rule: "redundant-index", example: 0, gives: "drop index(:seats, [:hall_id], concurrently: true)" },
  {
    fix: "add-foreign-key",
    rule: "reference-without-foreign-key",
    example: 0,
    gives: "modify :order_id, references(:orders, validate: false)",
  },
  {
    fix: "subscribe-when-connected",
    rule: "subscribe-without-connected",
    example: 0,
    gives: "if connected?(socket), do: Phoenix.PubSub.subscribe(",
  },
  { fix: "limit-connection", rule: "connection-without-timeout", example: 0, gives: "[:binary, active: false], 5_000)" },
  { fix: "limit-connection", rule: "connection-without-timeout", example: 1, gives: "[timeout: 5_000]" },
  {
    fix: "supervise-task",
    rule: "task-never-awaited",
    example: { "lib/shop/signup.ex": signup, "lib/shop/application.ex": application("[Shop.Repo]") },
    gives: "    children = [{Task.Supervisor, name: Shop.TaskSupervisor}, Shop.Repo]",
  },
  {
    fix: "supervise-task",
    rule: "task-never-awaited",
    example: { "lib/shop/signup.ex": signup, "lib/shop/application.ex": application("[{Task.Supervisor, name: Shop.Tasks}]") },
    gives: "    Task.Supervisor.start_child(Shop.Tasks, fn -> Shop.Mailer.welcome(user) end)",
  },
  { fix: "undo-subscription", rule: "subscription-not-undone", example: 0, gives: "Phoenix.PubSub.unsubscribe(" },
  { fix: "refuse-new-atoms", rule: "atom-from-input", example: 0, gives: "String.to_existing_atom(sort)" },
  {
    fix: "secure-headers",
    rule: "browser-headers-missing",
    example: 0,
    gives: `"content-security-policy-report-only" => "default-src 'self'"`,
  },
  { fix: "secure-headers", rule: "browser-headers-missing", example: 1, gives: "plug :put_secure_browser_headers" },
  { fix: "guard-field", rule: "field-without-authentication", example: 0, gives: "      middleware ShopWeb.RequireLogin" },
  { fix: "protect-from-forgery", rule: "forgery-possible", example: 0, gives: "    plug :protect_from_forgery" },
  { fix: "escape-html", rule: "html-from-input", example: 0, gives: "#{Plug.HTML.html_escape(to_string(q))}" },
  { fix: "enforce-https", rule: "https-not-enforced", example: 0, gives: "  force_ssl: [hsts: true, rewrite_on: [:x_forwarded_proto]]," },
  { fix: "stay-in-folder", rule: "path-from-input", example: 0, gives: `Path.join("/srv/invoices", Path.basename(file))` },
  { fix: "keep-unguessable", rule: "secret-guessable", example: 0, gives: ":crypto.rand_uniform(0, Enum.count(~w(a b c d e f)))" },
  { fix: "keep-unguessable", rule: "secret-guessable", example: 2, gives: "Plug.Crypto.secure_compare(" },
  { fix: "decode-safely", rule: "term-from-input", example: 0, gives: "Plug.Crypto.non_executable_binary_to_term([:safe])" },
  { fix: "verify-peer", rule: "tls-not-verified", example: 0, gives: "verify: :verify_peer, cacerts: :public_key.cacerts_get()" },
  { fix: "check-origin", rule: "websocket-origin-unchecked", example: 0, gives: "check_origin: true" },
  { fix: "refuse-entities", rule: "xml-entities-expanded", example: 0, gives: "SweetXml.parse(dtd: :none)" },
  { fix: "await-message", rule: "sleeping-test", example: 0, gives: "assert_receive :sent, 1500" },
];
