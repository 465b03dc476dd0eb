import { expect, test } from "vitest";
import { queryPerElement } from "../../src/rules/elixir/data/query-per-element.js";
import { runRules } from "../../src/rules/run.js";
import { projectFrom } from "../support/project.js";

const files = {
  "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
  "lib/shop_web/views/page_view.ex":
    "defmodule ShopWeb.PageView do\n  use ShopWeb, :view\n\n  def logo(story), do: Shop.Repo.get_by(Shop.Sponsor, name: story.sponsor)\nend\n",
  "lib/shop_web/templates/page/_slider.html.eex": "<%= for story <- @stories do %><%= logo(story) %><% end %>\n",
};

const severities = (index: string): string[] => {
  const all: Record<string, string> = { ...files, "lib/shop_web/templates/page/index.html.eex": index };
  return runRules(projectFrom(all), (path) => all[path] ?? null, { rules: [queryPerElement] }).findings.map(({ severity }) => severity);
};

test("a query per element of a partial weighs less when no template renders the partial any more", () => {
  expect(severities('<%= render "_slider.html", assigns %>\n')).toEqual(["high"]);
  expect(severities('<%# render "_slider.html", assigns %>\n')).toEqual(["medium"]);
});
