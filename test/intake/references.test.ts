import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHints, parseReferences } from "../../src/intake/references.js";

function path(text: string, lines: [number, number] | null = null, more: { repository?: string; revision?: string } = {}) {
  const range = lines === null ? null : { first: lines[0], last: lines[1] };
  return { kind: "path", repository: more.repository ?? null, path: text, lines: range, revision: more.revision ?? null };
}

function module(text: string, name: string | null = null, arity: number | null = null) {
  return { kind: "module", repository: null, module: text, function: name, arity, revision: null };
}

describe("paths", () => {
  it.each([
    ["review lib/shop/cart.ex", path("lib/shop/cart.ex")],
    ["review `lib/shop/cart.ex:10-40`, please", path("lib/shop/cart.ex", [10, 40])],
    ["(lib/shop/cart.ex:10)", path("lib/shop/cart.ex", [10, 10])],
    ["lib/shop/cart.ex:10:5: warning", path("lib/shop/cart.ex", [10, 10])],
    ["lib/shop/cart.ex#L10-L40", path("lib/shop/cart.ex", [10, 40])],
    ["lib/shop/cart.ex:40-10", path("lib/shop/cart.ex", [10, 40])],
    ["what about *lib/shop/cart.ex* lines 10 to 40?", path("lib/shop/cart.ex", [10, 40])],
    ["lib/shop/cart.ex, line 7.", path("lib/shop/cart.ex", [7, 7])],
    ["is accounts.ex fine?", path("accounts.ex")],
    ["lib/shop_web/live/_form.html.heex", path("lib/shop_web/live/_form.html.heex")],
    ["priv/repo/migrations/20240101000000_add_users.exs:", path("priv/repo/migrations/20240101000000_add_users.exs")],
    ["look at lib/shop/ first", path("lib/shop/")],
    ["../../etc/passwd", path("../../etc/passwd")],
    ["/etc/passwd", path("/etc/passwd")],
    ["lib/a.ex@v1.2:3", path("lib/a.ex", [3, 3], { revision: "v1.2" })],
    ["shop:lib/a.ex:3", path("lib/a.ex", [3, 3], { repository: "shop" })],
    ["warning:lib/a.ex:3", path("lib/a.ex", [3, 3])],
    ["shop@abc1234:lib/a.ex", path("lib/a.ex", null, { repository: "shop", revision: "abc1234" })],
  ])("%s", (text, expected) => {
    expect(parseReferences(text)).toEqual([expected]);
  });
});

describe("links", () => {
  it.each([
    [
      "see <https://github.com/acme/shop/blob/0123abc/lib/shop/cart.ex#L10-L40|the cart>",
      { host: "github.com", owner: "acme", name: "shop", revision: "0123abc", path: "lib/shop/cart.ex", lines: { first: 10, last: 40 } },
    ],
    [
      "https://github.example.com/acme/shop/blame/main/lib/a%20b.ex#L3C1-L4C2.",
      { host: "github.example.com", owner: "acme", name: "shop", revision: "main", path: "lib/a b.ex", lines: { first: 3, last: 4 } },
    ],
    [
      "https://git.example.com:8443/group/sub/shop/-/blob/v1.2/lib/a.ex#L10-40",
      {
        host: "git.example.com:8443",
        owner: "group/sub",
        name: "shop",
        revision: "v1.2",
        path: "lib/a.ex",
        lines: { first: 10, last: 40 },
      },
    ],
    [
      "https://raw.githubusercontent.com/acme/shop/refs/heads/main/lib/a.ex",
      { host: "github.com", owner: "acme", name: "shop", revision: "main", path: "lib/a.ex", lines: null },
    ],
  ])("%s", (text, expected) => {
    expect(parseReferences(text)).toEqual([{ kind: "link", ...expected }]);
  });

  it("to anything but a file are no reference", () => {
    expect(parseReferences("https://github.com/acme/shop/pull/3 https://hexdocs.pm/ecto/Ecto.Query.html")).toEqual([]);
  });
});

describe("modules and functions", () => {
  it.each([
    ["review Shop.Orders", module("Shop.Orders")],
    ["why is Shop.Orders.list/1 slow?", module("Shop.Orders", "list", 1)],
    ["Shop.Orders.list is slow", module("Shop.Orders", "list")],
    ["`&Shop.Orders.paid?/1`", module("Shop.Orders", "paid?", 1)],
    ["Shop.Orders.list(user)", module("Shop.Orders", "list")],
    ["look at `Orders`", module("Orders")],
    ["what about `list/1`", module("", "list", 1)],
  ])("%s", (text, expected) => {
    expect(parseReferences(text)).toEqual([expected]);
  });

  it.each([
    "Review Orders please",
    "should we use Ecto.Multi or Repo.transaction/1?",
    "yes and/or no, 24/7, U.S. law",
    "Node.js is fine",
    "done.Thanks",
  ])("are not seen in: %s", (text) => {
    expect(parseReferences(text)).toEqual([]);
  });
});

describe("pasted blocks and attached files", () => {
  it("come first, and what is written inside them is not a reference", () => {
    const text = 'is this fine?\n```elixir\ndefmodule A.B do\n  File.read!("lib/x.ex")\nend\n```\ncompare lib/y.ex';
    expect(parseReferences(text, [{ name: "z.ex", text: "z" }])).toEqual([
      { kind: "file", name: "z.ex", text: "z" },
      { kind: "snippet", text: 'defmodule A.B do\n  File.read!("lib/x.ex")\nend\n', language: "elixir" },
      path("lib/y.ex"),
    ]);
  });

  it("need neither a language nor a closing fence", () => {
    expect(parseReferences("```IO.puts(1)")).toEqual([{ kind: "snippet", text: "IO.puts(1)", language: null }]);
    expect(parseReferences("``` ```")).toEqual([]);
  });
});

describe("repository and revision", () => {
  it.each([
    ["review lib/a.ex on branch feature/login", path("lib/a.ex", null, { revision: "feature/login" })],
    ["review lib/a.ex on the shop-42 branch", path("lib/a.ex", null, { revision: "shop-42" })],
    ["review lib/a.ex at v1.2", path("lib/a.ex", null, { revision: "v1.2" })],
    ["review lib/a.ex on `main`", path("lib/a.ex", null, { revision: "main" })],
    ["review lib/a.ex @abc1234", path("lib/a.ex", null, { revision: "abc1234" })],
    ["review lib/a.ex at commit 1234567", path("lib/a.ex", null, { revision: "1234567" })],
    ["in repo store, review lib/a.ex at HEAD~1", path("lib/a.ex", null, { repository: "store", revision: "HEAD~1" })],
    ["review lib/a.ex in Shop", path("lib/a.ex", null, { repository: "shop" })],
    ["review lib/a.ex from the shop repository", path("lib/a.ex", null, { repository: "shop" })],
    ["lib/a.ex is slow on production with Elixir 1.15, look at it on Monday", path("lib/a.ex")],
    ["lib/a.ex in the repo is odd", path("lib/a.ex")],
  ])("%s", (text, expected) => {
    expect(parseReferences(text, [], ["shop"])).toEqual([expected]);
  });

  it("are told also when the message points at nothing else", () => {
    expect(parseHints("review this file on branch login in repo shop")).toEqual({ repository: "shop", revision: "login" });
    expect(parseReferences("review this file on branch login in repo shop")).toEqual([]);
  });
});

describe("any text", () => {
  const pieces = [
    "```",
    "`",
    "lib/a.ex",
    ":1-2",
    "#L",
    "@",
    "https://",
    "/-/blob/",
    "%",
    "Shop.",
    "../",
    "\u0000",
    "<",
    "|",
    "in repo ",
    "on branch ",
    "é",
    "\u{1F600}",
  ];
  const hostile = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 6 })))
    .map((parts) => parts.join(""));

  it("is read without throwing, into at most twenty references", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(parseReferences(text, [], ["shop"]).length).toBeLessThanOrEqual(20);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["slashes", "/".repeat(100_000)],
    ["dots", "a.".repeat(50_000)],
    ["capitals", "A.".repeat(50_000)],
    ["colons", "lib/a.ex" + ":1".repeat(50_000)],
    ["brackets", "(".repeat(100_000)],
    ["at signs", "a@".repeat(499)],
    ["words", "lib/a.ex:1-".repeat(90)],
  ])("takes no time to speak of for a flood of %s", (_, text) => {
    const began = performance.now();
    parseReferences(text);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
