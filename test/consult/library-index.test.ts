import { describe, expect, it } from "vitest";
import { libraryIndexOf } from "../../src/consult/ground/library-index.js";
import { loadData } from "../../src/shell/data/data.js";
import { packageRoot } from "../../src/shell/data/package-root.js";

const libraries = libraryIndexOf(loadData(packageRoot(), ["library-api"])["library-api"]);

describe("what libraries offer", () => {
  it.each([
    ["Enum", "map", 2],
    ["System", "fetch_env!", 1],
    ["Ecto.Repo", "insert_all", 3],
    ["Ecto.Repo", "all", 1],
    ["Ecto.Query", "from", 2],
    ["Ecto.Changeset", "unique_constraint", 2],
    ["Ecto.Migration", "create", 1],
    ["Oban", "insert", 1],
    ["Oban.Worker", "perform", 1],
    ["Phoenix.Controller", "json", 2],
    ["Phoenix.LiveView", "assign_async", 3],
    ["Phoenix.Router", "get", 3],
    ["Plug.Conn", "send_resp", 3],
    [":ets", "new", 2],
  ])("%s.%s/%i is there", (module, name, arity) => {
    expect(libraries.arities(module, name)).toContain(arity);
  });

  it.each([
    ["System", "get_env!"],
    ["Ecto.Repo", "fetch"],
    ["Enum", "find_many"],
    ["Phoenix.Controller", "before_action"],
  ])("%s.%s is not", (module, name) => {
    expect(libraries.arities(module, name)).toBeNull();
  });

  it("finds a module by the end of its name", () => {
    expect(libraries.modulesNamed("Changeset")).toContain("Ecto.Changeset");
    expect(libraries.modulesNamed("Multi")).toEqual(["Ecto.Multi"]);
  });

  it("owns the namespaces of listed libraries alone", () => {
    expect(libraries.owns("Ecto.DateTime")).toBe(true);
    expect(libraries.owns("Hammer")).toBe(false);
  });
});
