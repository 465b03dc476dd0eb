import { describe, expect, it } from "vitest";
import type { Expression } from "../../../src/model/expression.js";
import { factsOf, show } from "../support.js";

function bodies(text: string, path: string): Record<string, string> {
  const functions = factsOf(text, path).modules.flatMap(({ functions }) => functions);
  return Object.fromEntries(functions.map(({ name, clauses }) => [name, clauses.map(({ body }) => show(body as Expression)).join(" | ")]));
}

describe("a JavaScript or TypeScript file", () => {
  it("is a module named by its path, and a folder's index by the folder", () => {
    expect(factsOf("", "src/orders/index.ts").modules[0]?.name).toBe("src.orders");
    expect(factsOf("", "src/orders.mjs").language).toBe("javascript");
    expect(factsOf("", "src/orders.ts").language).toBe("typescript");
  });

  it("says of a call on a value what made the value", () => {
    const text = `import { Pool } from "pg";
import { prisma } from "./db";
const pool = new Pool();
export async function find(id: number) {
  const client = await pool.connect();
  await client.query(\`select \${id}\`);
  return prisma.user.findUnique({ where: { id } });
}
`;
    expect(bodies(text, "src/users.ts")).toEqual({
      find: '(client = await pool.connect(); await client.query(string("select ", id)); return src.db.prisma.user.findUnique(%{:where => %{:id => id}}))',
    });
    const modules: unknown[] = [];
    JSON.stringify(factsOf(text, "src/users.ts").modules[0]?.functions, (key, value: unknown) => {
      if (key === "module" && value !== null) modules.push(value);
      return value;
    });
    expect(modules).toEqual(["pg.Pool", "pg.Pool", "src.db.prisma.user"]);
  });

  it("makes functions of handlers and exported literals, known by what they are given to", () => {
    const text = `const { list } = require("./orders");
router.get("/orders", async (request, response) => { response.json(await list()); });
exports.total = (orders) => orders.length;
module.exports.resolvers = { Query: { order: async (_, { id }) => id } };
`;
    expect(bodies(text, "routes/index.js")).toEqual({
      "get /orders": "response.json(await routes.orders.list())",
      total: "orders.length",
      "resolvers.Query.order": "id",
    });
  });

  it("knows what a class's fields hold", () => {
    const text = `import { Repository } from "typeorm";
export class Users extends Base {
  constructor(private readonly users: Repository<User>) { super(); }
  async find(id = 1) { return this.users.findOne({ id }); }
}
`;
    const [, users] = factsOf(text, "src/users.ts").modules;
    expect(users?.aliases).toEqual([{ short: "users", name: "typeorm.Repository" }]);
    expect(users?.functions.map(({ name, arity, defaults }) => `${name}/${arity}-${defaults}`)).toEqual(["constructor/1-0", "find/1-1"]);
  });

  it("goes through the list a counting loop compares its counter with", () => {
    const text = "function f(xs) { for (let i = 0; i < xs.length; i++) { g(xs[i]); } for (const x of xs) { g(x); } }";
    expect(bodies(text, "f.js")["f"]).toBe("(for i <- xs {g(xs[i])}; for x <- xs {g(x)})");
  });

  it("names what could not be read, and keeps the rest", () => {
    const torn = factsOf("function good() { return 1; }\nconst bad = (;\n", "torn.js");
    expect(torn.damage.length).toBeGreaterThan(0);
    expect(torn.modules[0]?.functions.map(({ name }) => name)).toContain("good");
  });
});

describe("hostile source", () => {
  const deep = 20_000;
  it.each([
    ["brackets.py", "(".repeat(deep) + "1" + ")".repeat(deep)],
    ["brackets.js", "[".repeat(deep) + "]".repeat(deep)],
    ["chain.ts", `x${".a()".repeat(deep)};`],
    ["else.py", `if a: pass\n${"elif b: pass\n".repeat(2_000)}`],
    ["nul.js", "const a = '\0';"],
  ])("%s is read to the end without an exception", (path, text) => {
    expect(factsOf(text, path).modules.length).toBeGreaterThan(0);
  });

  it("a long sum is as deep as one of two", () => {
    const sum = Array.from({ length: 5_000 }, (_, index) => `a${index}`).join(" + ");
    expect(factsOf(`x = ${sum}`, "sum.py").damage).toEqual([]);
    expect(factsOf(`x = ${sum}`, "sum.js").damage).toEqual([]);
  });
});
