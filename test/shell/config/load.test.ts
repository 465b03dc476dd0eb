import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfiguration } from "../../../src/shell/config/load.js";
import { parseConfiguration } from "../../../src/shell/config/parse.js";
import { createFolder } from "../../support/repository.js";

const example = new URL("../../../guard.config.example.yml", import.meta.url).pathname;

function faultsOf(text: string): readonly string[] {
  const loaded = parseConfiguration("guard.config.yml", text);
  return loaded.kind === "faults" ? loaded.faults : [];
}

describe("guard.config.yml", () => {
  it("may be absent, which is an empty configuration", async () => {
    const absent = await loadConfiguration(join(createFolder(), "guard.config.yml"));
    expect(absent).toMatchObject({ kind: "loaded", configuration: { repositories: [] } });
    expect(absent).toEqual(parseConfiguration("guard.config.yml", ""));
  });

  it("must exist when someone named it", async () => {
    const path = join(createFolder(), "other.yml");
    expect(await loadConfiguration(path, { required: true })).toEqual({
      kind: "faults",
      faults: [`${path} does not exist: create it or leave GUARD_CONFIG unset.`],
    });
  });

  it("loads as the example at the root shows", async () => {
    const loaded = await loadConfiguration(example);
    expect(loaded.kind === "loaded" && loaded.configuration.repositories).toEqual([
      {
        name: "shop",
        url: "https://github.com/acme/shop.git",
        defaultBranch: "main",
        channels: ["#backend", "C0123ABCD"],
        aliases: ["store", "webshop"],
      },
      {
        name: "billing",
        url: "ssh://git@git.example.com/acme/billing.git",
        defaultBranch: "HEAD",
        channels: ["#payments"],
        aliases: [],
        model: "never",
      },
    ]);
  });

  it("tells all faults at once, each with its line and a remedy", () => {
    const text = [
      "repositories:",
      "  - name: shop",
      "    url: http://example.com/shop.git",
      "    chanels: []",
      "  - name: Shop",
      "    url: relative/folder",
      "    channels: [backend]",
      "  - url: 5",
      "model:",
      "  id: 7",
    ].join("\n");
    expect(faultsOf(text)).toEqual([
      "guard.config.yml:3: repositories[0].url is refused. http://example.com/shop.git uses http://, which Guard does not fetch from: use an https:// or ssh:// URL.",
      "guard.config.yml:4: repositories[0].chanels is not a known key: did you mean channels?",
      'guard.config.yml:5: repositories[1].name "Shop" names repositories[0] too: give each repository its own names.',
      'guard.config.yml:6: repositories[1].url "relative/folder" is neither a URL nor an absolute folder: write it like https://github.com/OWNER/NAME.git or /srv/NAME.',
      'guard.config.yml:7: repositories[1].channels[0] is not a channel: write its id (C0123ABCD), its name in quotes ("#backend") or "*" for every channel.',
      "guard.config.yml:8: repositories[2].name is missing: write a short word, such as shop.",
      "guard.config.yml:8: repositories[2].url is not an address: write the URL you would clone.",
      "guard.config.yml:10: model.id is not a model id: write it in quotes.",
    ]);
  });

  it("tells names and aliases that two repositories share", () => {
    const shared = "repositories:\n  - {name: a, url: /a, aliases: [x, x]}\n  - {name: b, url: /b, aliases: [A]}\n";
    expect(faultsOf(shared)).toEqual([
      'guard.config.yml:2: repositories[0].aliases[1] "x" names this repository already: give each repository its own names.',
      'guard.config.yml:3: repositories[1].aliases[0] "A" names repositories[0] too: give each repository its own names.',
    ]);
  });

  it("tells where the YAML itself is broken, and a doubled key beside other faults", () => {
    expect(faultsOf("repositories:\n  - name: [shop\n")).toEqual([
      expect.stringMatching(/^guard\.config\.yml:[23]: .+: correct the YAML there\.$/),
    ]);
    expect(faultsOf("model: {}\nmodel: {}\ncolour: red\n")).toEqual([
      "guard.config.yml:2: Map keys must be unique: correct the YAML there.",
      "guard.config.yml:3: colour is not a known key: remove it.",
    ]);
  });

  it.each(["ext::sh -c id", "--upload-pack=id", "https://token@example.com/a.git", "ssh://-oProxyCommand=id/a", "git://example.com/a"])(
    "refuses the address %s",
    (url) => {
      expect(faultsOf(`repositories: [{name: a, url: ${JSON.stringify(url)}}]`)).toEqual([
        expect.stringMatching(/url is refused\. .+: .+\.$/),
      ]);
    },
  );

  it("answers aliases that name nothing or multiply without end with a fault", () => {
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x]",
      ..."bcdefgh".split("").map((name, at) => `${name}: &${name} [${`*${"abcdefg"[at]}, `.repeat(9)}]`),
    ];
    expect(faultsOf(bomb.join("\n"))).toEqual([expect.stringMatching(/^guard\.config\.yml:1: the aliases can't be followed/)]);
    expect(faultsOf("repositories: *all")).toEqual([expect.stringMatching(/^guard\.config\.yml:1: the aliases can't be followed/)]);
    expect(faultsOf("repositories: [{name: a, url: /a, channels: [*]}]").length).toBeGreaterThan(0);
  });

  it.each(["5", "[]", "text", "repositories: 5", "repositories: [5]", "git: []", "proof: []", "proof: { run: 5 }"])(
    "answers %s with a fault",
    (text) => {
      expect(faultsOf(text)).toEqual([expect.stringMatching(/^guard\.config\.yml:1: .+: .+\.$/)]);
    },
  );
});
