import { describe, expect, it } from "vitest";
import { servingDefinitionsCalling, type Callee } from "../../src/rules/shared/calling.js";
import { projectFrom } from "../support/project.js";

const project = projectFrom({
  "lib/shop/files.ex": `defmodule Shop.Files do
  def keep(path, text), do: File.write!(path, String.trim(text))
  def shown(text), do: String.trim(text)
  def copied(path), do: if(File.exists?(path), do: File.cp!(path, path <> ".old"))
  def all(paths, text), do: Enum.each(paths, &File.write!(&1, text))
end
`,
  "lib/shop/names.ex": `defmodule Shop.Names do
  def short(name), do: String.trim(name)
end
`,
  "test/files_test.exs": `defmodule Shop.FilesTest do
  def prepared(path), do: File.write!(path, "")
end
`,
});

function definitionsIn(path: string, asked: (callee: Callee) => boolean): string[] {
  const facts = project.files.get(path);
  return facts === undefined ? [] : servingDefinitionsCalling(facts, project, asked).map(({ id }) => id);
}

describe("the definitions that call something", () => {
  const touchesFiles = ({ module }: Callee): boolean => module === "File";

  it("are those of the file, each once and in source order", () => {
    expect(definitionsIn("lib/shop/files.ex", touchesFiles)).toEqual(["Shop.Files.keep/2", "Shop.Files.copied/1", "Shop.Files.all/2"]);
    expect(definitionsIn("lib/shop/names.ex", touchesFiles)).toEqual([]);
  });

  it("are none in a file of tests", () => {
    expect(definitionsIn("test/files_test.exs", touchesFiles)).toEqual([]);
  });

  it("are found by asking about each callee once for the whole project", () => {
    const told: string[] = [];
    const trims = ({ module, function: name }: Callee): boolean => {
      told.push(`${module ?? ""}.${name}`);
      return module === "String" && name === "trim";
    };
    expect(definitionsIn("lib/shop/names.ex", trims)).toEqual(["Shop.Names.short/1"]);
    expect(definitionsIn("lib/shop/files.ex", trims)).toEqual(["Shop.Files.keep/2", "Shop.Files.shown/1"]);
    expect(new Set(told).size).toBe(told.length);
    expect(told).toContain("File.write!");
  });
});
