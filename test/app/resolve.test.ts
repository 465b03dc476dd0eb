import { beforeAll, describe, expect, it } from "vitest";
import { createResolver, type Resolve, type ResolverPorts } from "../../src/app/resolve.js";
import { parseReferences } from "../../src/intake/references.js";
import { forgePermalink } from "../../src/model/permalink.js";
import type { ParseSource } from "../../src/model/ports.js";
import type { Repository, Resolution } from "../../src/model/source.js";
import { createOpenTree } from "../../src/shell/git/open-tree.js";
import { createParser } from "../../src/shell/grammars/parser.js";
import { createFolder, createRepository, type TestRepository } from "../support/repository.js";

const asker = { team: "T1", channel: "C1", user: "U1", ts: "1.0", thread: "1.0" };

const orders = `defmodule Shop.Orders do
  def list(user), do: user

  @doc "Whether it was paid."
  def paid?(order, options \\\\ [])

  def paid?(nil, _options) do
    false
  end

  def paid?(order, _options) do
    order.paid
  end
end
`;
const lineItem = "defmodule Shop.Orders.LineItem do\n  defmodule Price do\n    def zero, do: 0\n  end\nend\n";

let parse: ParseSource;
let shop: TestRepository;
let billing: TestRepository;

beforeAll(async () => {
  parse = await createParser();
  shop = await createRepository({
    files: {
      "lib/shop/orders.ex": orders,
      "lib/shop/orders/line_item.ex": lineItem,
      "lib/shop/accounts.ex": "defmodule Shop.Accounts do\nend\n",
      "lib/shop_web/accounts.ex": "defmodule ShopWeb.Accounts do\nend\n",
      "lib/only.ex": "defmodule Only do\nend\n",
      "lib/empty.ex": "\n",
      "lib/binary.ex": Buffer.from([1, 0, 2]),
      "lib/latin.ex": Buffer.from("# caf\u00e9\n", "latin1"),
      "lib/large.ex": "# x\n".repeat(1_300_000),
      "lib/long.ex": "#\n".repeat(200_001),
    },
    commits: [{ files: { "lib/shop/orders.ex": "# on the branch\n" }, branch: "feature/orders", tag: "v1.2" }],
  });
  await shop.git("checkout", "--quiet", "main");
  billing = await createRepository({ files: { "lib/only.ex": "# another\n", "lib/invoice.ex": "defmodule Invoice do\nend\n" } });
});

function repository(name: string, url: string, more: Partial<Repository> = {}): Repository {
  return { name, url, defaultBranch: "main", channels: ["*"], aliases: [], ...more };
}

function resolver(repositories: readonly Repository[], ports: Partial<ResolverPorts> = {}): Resolve {
  const openTree = createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: true });
  const nothingAbove = () => Promise.resolve([]);
  return createResolver({
    openTree,
    parse,
    repositories: () => repositories,
    mayRead: () => true,
    referencesInThread: nothingAbove,
    ...ports,
  });
}

async function ask(text: string, resolve = resolver([repository("shop", shop.path, { aliases: ["store"] })])): Promise<Resolution> {
  return resolve(parseReferences(text)[0] ?? null, asker);
}

async function placeOf(text: string, resolve?: Resolve): Promise<string> {
  const resolution = await ask(text, resolve);
  if (resolution.kind === "unresolved") return `${resolution.reason}: ${resolution.sentence}`;
  const { source } = resolution;
  return `${source.repository}:${source.path}${source.lines === null ? "" : `:${source.lines.first}-${source.lines.last}`}`;
}

describe("a path", () => {
  it("is read at the default branch, with its commit", async () => {
    const resolution = await ask("lib/shop/orders.ex:2-3");
    expect(resolution).toMatchObject({
      kind: "found",
      source: {
        repository: "shop",
        path: "lib/shop/orders.ex",
        text: orders,
        language: "elixir",
        lines: { first: 2, last: 3 },
        permalink: null,
      },
    });
    expect(resolution.kind === "found" && resolution.source.commit).toBe(await shop.git("rev-parse", "main"));
  });

  it.each(["lib/shop/orders.ex on branch feature/orders", "lib/shop/orders.ex at v1.2", "store:lib/shop/orders.ex@v1.2"])(
    "is read at another revision: %s",
    async (text) => {
      expect(await ask(text)).toMatchObject({ kind: "found", source: { text: "# on the branch\n" } });
    },
  );

  it.each([
    ["orders.ex", "shop:lib/shop/orders.ex"],
    ["shop/orders.ex:2", "shop:lib/shop/orders.ex:2-2"],
    ["./lib/../lib/only.ex", "shop:lib/only.ex"],
    ["lib/shop/orders.ex:10-999", "shop:lib/shop/orders.ex:10-14"],
    ["lib/latin.ex", "shop:lib/latin.ex"],
  ])("may be short or roundabout: %s", async (text, place) => {
    expect(await placeOf(text)).toBe(place);
  });

  it.each([
    ["accounts.ex", "ambiguous: accounts.ex can be 2 files: which one, lib/shop/accounts.ex or lib/shop_web/accounts.ex?"],
    ["lib/shop/order.ex", /^unknown_path: There is no lib\/shop\/order\.ex in shop at [0-9a-f]{8}: did you mean lib\/shop\/orders\.ex/],
    ["lib/shop/", /^unknown_path: lib\/shop is a folder in shop at [0-9a-f]{8}: name a file in it, or have the folder audited\.$/],
    ["../../etc/passwd", /^outside_tree: \.\.\/\.\.\/etc\/passwd lies outside shop at [0-9a-f]{8}: give a path from the root/],
    ["/etc/passwd", /^outside_tree: /],
    ["lib/empty.ex", "empty: lib/empty.ex is empty: name a file with code in it."],
    ["lib/binary.ex", "binary: lib/binary.ex is binary, not source code: name a text file."],
    ["lib/large.ex", "too_large: lib/large.ex is larger than 5 MB: name a smaller file, or paste the part in question."],
    ["lib/long.ex", "too_large: lib/long.ex has more than 200,000 lines: name a smaller file, or paste the part in question."],
    ["lib/only.ex:9-12", "line_out_of_range: lib/only.ex has 2 lines, so there is no line 9: name lines between 1 and 2."],
    ["lib/only.ex:0", "line_out_of_range: lib/only.ex has 2 lines, so there is no line 0: name lines between 1 and 2."],
    [
      "lib/only.ex on branch feature/order",
      "unknown_revision: No branch, tag or commit is called feature/order here: did you mean feature/orders?",
    ],
    [
      "lib/only.ex in repo shpo",
      "unknown_repository: No repository called shpo may be read from here: name shop, or add it to guard.config.yml.",
    ],
  ])("that leads nowhere is answered with the reason and a remedy: %s", async (text, answer) => {
    expect(await placeOf(text)).toEqual(typeof answer === "string" ? answer : (expect.stringMatching(answer) as string));
  });

  it("is read as the folder stands at the command line", async () => {
    const folder = createFolder({ "lib/a.ex": "# here\n" });
    const resolution = await ask("lib/a.ex", resolver([repository("here", folder)], { workingTrees: true }));
    expect(resolution).toMatchObject({ kind: "found", source: { commit: null, text: "# here\n", permalink: null } });
  });
});

describe("a module", () => {
  it.each([
    ["Shop.Orders", "shop:lib/shop/orders.ex"],
    ["`Orders`", "shop:lib/shop/orders.ex"],
    ["`LineItem`", "shop:lib/shop/orders/line_item.ex:1-5"],
    ["Shop.Orders.LineItem.Price", "shop:lib/shop/orders/line_item.ex:2-4"],
    ["Shop.Orders.list/1", "shop:lib/shop/orders.ex:2-2"],
    ["Shop.Orders.paid/1", "shop:lib/shop/orders.ex:5-13"],
    ["what about Shop.Orders.paid?", "shop:lib/shop/orders.ex:5-13"],
  ])("is found by its definition, a function with its lines: %s", async (text, place) => {
    expect(await placeOf(text)).toBe(place);
  });

  it.each([
    ["`Accounts`", /^ambiguous: Accounts can be 2 modules of shop at [0-9a-f]{8}: which one, Shop\.Accounts or ShopWeb\.Accounts\?$/],
    ["Shop.Order", /^unknown_module: There is no module Shop\.Order in shop at [0-9a-f]{8}: did you mean Shop\.Orders/],
    ["Shop.Orders.list/3", /^unknown_function: Shop\.Orders defines no list\/3: did you mean list\/1\?$/],
    ["Shop.Orders.lost/1", /^unknown_function: Shop\.Orders defines no lost\/1: did you mean list\/1\?$/],
  ])("that leads nowhere is answered with the nearest names: %s", async (text, answer) => {
    expect(await placeOf(text)).toMatch(answer);
  });
});

describe("a link", () => {
  const hosted = () => {
    const openLocal = createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: true });
    const openTree: ResolverPorts["openTree"] = (request, signal) => openLocal({ ...request, location: shop.path }, signal);
    return resolver([repository("shop", "git@github.com:Acme/shop.git")], { openTree });
  };

  it("keeps its forge's permalink where whatever has no forge is shown elsewhere", async () => {
    const permalinkOf: ResolverPorts["permalinkOf"] = (found, commit, path) =>
      forgePermalink(found, commit, path) ?? `http://127.0.0.1/source/${found.name}/${commit}/${path}`;
    const openTree = createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: true });
    const hosted: ResolverPorts["openTree"] = (request) =>
      openTree({ ...request, location: request.location.startsWith("https") ? shop.path : request.location });
    const repositories = [repository("hosted", "https://github.com/acme/shop.git"), repository("local", shop.path)];
    const commit = await shop.git("rev-parse", "main");
    const permalinks = await Promise.all(
      ["hosted:lib/shop/orders.ex", "local:lib/shop/orders.ex"].map(async (written) => {
        const [name = "", path = ""] = written.split(":");
        const reference = { kind: "path", repository: name, path, lines: null, revision: null } as const;
        const resolution = await resolver(repositories, { openTree: hosted, permalinkOf })(reference, asker);
        return resolution.kind === "found" ? resolution.source.permalink : null;
      }),
    );
    expect(permalinks).toEqual([
      `https://github.com/acme/shop/blob/${commit}/lib/shop/orders.ex`,
      `http://127.0.0.1/source/local/${commit}/lib/shop/orders.ex`,
    ]);
  });

  it("leads to the configured repository it names, and is answered with a permalink of its own commit", async () => {
    const commit = await shop.git("rev-parse", "main");
    const resolution = await ask("https://github.com/acme/Shop/blob/main/lib/shop/orders.ex#L2-L3", hosted());
    expect(resolution).toMatchObject({
      kind: "found",
      source: { commit, lines: { first: 2, last: 3 }, permalink: `https://github.com/Acme/shop/blob/${commit}/lib/shop/orders.ex` },
    });
  });

  it("may name a branch with slashes", async () => {
    expect(await ask("https://github.com/acme/shop/blob/feature/orders/lib/shop/orders.ex", hosted())).toMatchObject({
      kind: "found",
      source: { text: "# on the branch\n" },
    });
  });

  it("to a repository that is not configured is refused by name", async () => {
    expect(await placeOf("https://github.com/other/thing/blob/main/lib/a.ex", hosted())).toBe(
      "unknown_repository: No repository called github.com/other/thing may be read from here: name shop, or add it to guard.config.yml.",
    );
  });
});

describe("with several repositories", () => {
  const both = () => resolver([repository("shop", shop.path), repository("billing", billing.path)]);

  it("the one that has the file is taken", async () => {
    expect(await placeOf("lib/invoice.ex", both())).toBe("billing:lib/invoice.ex");
    expect(await placeOf("Shop.Orders", both())).toBe("shop:lib/shop/orders.ex");
  });

  it("Guard asks when more than one has it, and says so when none has", async () => {
    expect(await placeOf("lib/only.ex", both())).toBe(
      "ambiguous: lib/only.ex is in 2 repositories: which one, shop:lib/only.ex or billing:lib/only.ex?",
    );
    expect(await placeOf("lib/invoices.ex", both())).toBe(
      "unknown_path: lib/invoices.ex is not in shop or billing: did you mean billing:lib/invoice.ex?",
    );
  });

  it("one that cannot be reached is named", async () => {
    const gone = resolver([repository("shop", shop.path), repository("gone", "/nowhere/at/all")]);
    expect(await placeOf("lib/nothing.ex", gone)).toBe("repository_unavailable: There is no folder /nowhere/at/all: check the path.");
    expect(await placeOf("lib/only.ex", gone)).toBe("shop:lib/only.ex");
  });
});

describe("access", () => {
  it("is asked before anything is read, and a no sounds like absence", async () => {
    const opened: string[] = [];
    const openTree: ResolverPorts["openTree"] = (request) => {
      opened.push(request.location);
      return Promise.resolve({ kind: "failed", reason: "not_reachable", sentence: "Not reachable." });
    };
    const repositories = [repository("shop", shop.path), repository("secret", billing.path)];
    const guarded = resolver(repositories, { openTree, mayRead: (_, { name }) => name !== "secret" });
    const forbidden = await ask("secret:lib/only.ex", guarded);
    const absent = await ask("sacred:lib/only.ex", guarded);
    expect(opened).toEqual([]);
    expect(JSON.stringify(forbidden).replaceAll("secret", "sacred")).toBe(JSON.stringify(absent));
  });

  it("to nothing at all is answered with the remedy", async () => {
    expect(await placeOf("lib/only.ex", resolver([]))).toBe(
      "unknown_repository: No repository may be read from here: add one, with this channel, to guard.config.yml.",
    );
  });
});

describe("code in the message", () => {
  it("is taken as it is and belongs to no repository", async () => {
    const resolve = resolver([]);
    expect(await resolve({ kind: "file", name: "../x/cart.ex", text: "# cart" }, asker)).toMatchObject({
      kind: "found",
      source: { repository: "", commit: null, path: "cart.ex", language: "elixir", text: "# cart" },
    });
    expect(await ask("```\nIO.puts(1)\n```", resolve)).toMatchObject({ kind: "found", source: { path: "pasted.ex", language: "elixir" } });
  });

  it("is laid where it belongs when it is a version of the one file that defines the same module", async () => {
    const attach = (name: string, text: string) => resolver([repository("shop", shop.path)])({ kind: "file", name, text }, asker);
    const changed = "defmodule Shop.Orders do\n  def changed, do: 1\nend\n";
    expect(await attach("orders.ex", changed)).toMatchObject({
      source: { repository: "shop", commit: null, path: "lib/shop/orders.ex", text: changed, permalink: null },
    });
    expect(await attach("orders.ex", "defmodule Other.Orders do\nend\n")).toMatchObject({ source: { repository: "", path: "orders.ex" } });
    expect(await attach("basket.ex", changed)).toMatchObject({ source: { repository: "", path: "basket.ex" } });
  });

  it("must be text", async () => {
    expect(await resolver([])({ kind: "file", name: "a.ex", text: "a\0b" }, asker)).toMatchObject({ reason: "binary" });
    expect(await resolver([])({ kind: "file", name: "a.ex", text: " " }, asker)).toMatchObject({ reason: "empty" });
  });
});

describe("nothing pointed at", () => {
  const above = (path: string) =>
    resolver([repository("shop", shop.path)], {
      referencesInThread: () => Promise.resolve([{ ts: "0.9", repository: "shop", path, revision: "v1.2" }]),
    });

  it("means the nearest reference above in the thread", async () => {
    expect(await ask("review this file", above("lib/shop/orders.ex"))).toMatchObject({
      kind: "found",
      source: { text: "# on the branch\n" },
    });
  });

  it("lets a function be named alone", async () => {
    expect(await placeOf("what about list/1", above("lib/shop/orders.ex"))).toMatch(
      /^unknown_function: lib\/shop\/orders\.ex defines no list\/1/,
    );
    expect(await placeOf("what about `zero/0`", above("lib/shop/orders/line_item.ex"))).toBe("shop:lib/shop/orders/line_item.ex:3-3");
  });

  it("is asked back when there is nothing above", async () => {
    expect(await placeOf("review this file")).toMatch(/^no_reference: Nothing here says which code is meant: give a path/);
    expect(await placeOf("what about list/1")).toMatch(/^no_reference: Nothing above says whose list\/1 is meant/);
  });
});
