import { beforeAll, describe, expect, it } from "vitest";
import { createReadSource } from "../../src/main/read-source.js";
import type { Repository } from "../../src/model/source.js";
import { createOpenTree } from "../../src/shell/git/open-tree.js";
import { createFolder, createRepository, type TestRepository } from "../support/repository.js";

let shop: TestRepository;
let first: string;
let read: ReturnType<typeof createReadSource>;

beforeAll(async () => {
  shop = await createRepository({ files: { "lib/a.ex": "# first\n", "logo.ex": Buffer.from([1, 0, 2]) } });
  first = await shop.git("rev-parse", "HEAD");
  await shop.commit({ "lib/a.ex": "# second\n", "lib/b.ex": "# b\n" });
  shop.write({ "lib/a.ex": "# not committed\n" });
  const repository: Repository = { name: "shop", url: shop.path, defaultBranch: "HEAD", channels: ["*"], aliases: ["store"] };
  read = createReadSource(() => [repository], createOpenTree({ dataDirectory: createFolder(), allowLocalPaths: true }));
});

describe("the source behind a link", () => {
  it("is the file as it was at that commit, whatever came later", async () => {
    expect(await read("shop", first, "lib/a.ex")).toBe("# first\n");
    expect(await read("shop", await shop.git("rev-parse", "HEAD"), "lib/a.ex")).toBe("# second\n");
  });

  it("is nothing where repository, commit, path or text are missing", async () => {
    expect(await read("other", first, "lib/a.ex")).toBeNull();
    expect(await read("shop", "d".repeat(40), "lib/a.ex")).toBeNull();
    expect(await read("shop", first, "lib/b.ex")).toBeNull();
    expect(await read("shop", first, "../../etc/passwd")).toBeNull();
    expect(await read("shop", first, "lib")).toBeNull();
    expect(await read("shop", first, "logo.ex")).toBeNull();
  });
});
