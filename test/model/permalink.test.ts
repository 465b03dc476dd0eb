import { describe, expect, it } from "vitest";
import { forgeRepositoryOf, isSameRepository, permalinkOf } from "../../src/model/permalink.js";

const commit = "0123456789abcdef0123456789abcdef01234567";

describe("a clone URL", () => {
  it.each([
    ["https://github.com/acme/shop.git", { host: "github.com", owner: "acme", name: "shop" }],
    ["ssh://git@GitLab.example.com:2222/group/sub/shop", { host: "gitlab.example.com", owner: "group/sub", name: "shop" }],
    ["git@github.com:acme/shop.git", { host: "github.com", owner: "acme", name: "shop" }],
    ["/srv/shop", null],
    ["https://github.com/", null],
    ["file:///srv/a/b", null],
  ])("names its forge repository: %s", (url, expected) => {
    expect(forgeRepositoryOf(url)).toEqual(expected);
  });

  it("means the same repository in any case and at any port", () => {
    const one = { host: "git.example.com:8443", owner: "Acme", name: "shop" };
    expect(isSameRepository(one, { host: "git.example.com", owner: "acme", name: "Shop" })).toBe(true);
    expect(isSameRepository(one, { host: "git.example.com", owner: "acme", name: "shops" })).toBe(false);
  });
});

describe("a permalink", () => {
  it("has GitHub's form or GitLab's, lines included", () => {
    expect(permalinkOf("git@github.com:acme/shop.git", commit, "lib/a b#.ex", { first: 3, last: 9 })).toBe(
      `https://github.com/acme/shop/blob/${commit}/lib/a%20b%23.ex#L3-L9`,
    );
    expect(permalinkOf("https://git.example.com/group/sub/shop.git", commit, "lib/a.ex", { first: 3, last: 9 })).toBe(
      `https://git.example.com/group/sub/shop/-/blob/${commit}/lib/a.ex#L3-9`,
    );
    expect(permalinkOf("https://gitlab.com/acme/shop", commit, "lib/a.ex", { first: 3, last: 3 })).toBe(
      `https://gitlab.com/acme/shop/-/blob/${commit}/lib/a.ex#L3`,
    );
  });

  it("is not invented for a forge nobody can tell, or a folder", () => {
    expect(permalinkOf("https://git.example.com/acme/shop.git", commit, "lib/a.ex")).toBeNull();
    expect(permalinkOf("/srv/shop", commit, "lib/a.ex")).toBeNull();
  });
});
