import { expect, test } from "vitest";
import { functionCopied } from "../../src/rules/elixir/duplication/function-copied.js";
import { projectFrom } from "../support/project.js";

const body = `do
    cond do
      status == 429 -> {:retry, Map.get(body, "retry_after", 5)}
      status in 500..599 -> {:retry, 60}
      match?(%{"error" => %{"code" => _}}, body) -> {:fail, body["error"]["code"]}
      status == 404 -> {:fail, Shop.Errors.unknown(body)}
      true -> {:fail, Shop.Errors.other(status, body)}
    end
  end`;

function confidencesIn(...modules: readonly [string, string]): readonly string[] {
  const sources = new Map(
    modules.map((name, index) => [`lib/${index}.ex`, `defmodule ${name} do\n  def classify(%{status: status, body: body}) ${body}\nend\n`]),
  );
  const project = projectFrom(Object.fromEntries(sources));
  return [...project.files.values()].flatMap((facts) => functionCopied.match(facts, project).map(({ confidence }) => confidence));
}

test.each([
  ["versions of one format", "Shop.Parser.V2", "Shop.Parser.V3"],
  ["one part of two services", "Shop.Okta.Sync", "Shop.Entra.Sync"],
])("copies in %s may be kept apart on purpose", (_, one, other) => expect(confidencesIn(one, other)).toEqual(["possible"]));

test.each([
  ["modules beside each other", "Shop.Okta", "Shop.Entra"],
  ["modules far from each other", "Shop.Okta.Sync", "Billing.Invoices"],
])("copies in %s are told", (_, one, other) => expect(confidencesIn(one, other)).toEqual(["likely"]));
