import { describe, expect, it } from "vitest";
import { webhookNotVerified } from "../../src/rules/elixir/security/webhook-not-verified.js";
import { runRules } from "../../src/rules/run.js";
import { permissionCheck } from "../../src/rules/shared/permission.js";
import { projectFrom } from "../support/project.js";

/** `first` leads over three steps to `shared`, which `handle` also calls itself, and which asks one step further. */
const orders = `defmodule Shop.Orders do
  def handle(conn, params) do
    first(params)
    shared(conn)
  end

  defp first(params), do: second(params)
  defp second(params), do: shared(params)
  defp shared(given), do: last(given)
  defp last(given), do: Shop.Policy.ASKED(given)
end
`;

describe("a check that is near by one way and far by another", () => {
  it("is found by the short way", () => {
    const project = projectFrom({ "lib/shop/orders.ex": orders.replace("ASKED", "authorize!") });
    expect(permissionCheck("Shop.Orders.handle/2", project)?.name).toBe("Shop.Policy.authorize!");
  });

  it("is no check when nothing asks", () => {
    const project = projectFrom({ "lib/shop/orders.ex": orders.replace("Policy.ASKED", "Notes.keep") });
    expect(permissionCheck("Shop.Orders.handle/2", project)).toBeNull();
  });
});

describe("a webhook whose signature is near by one way and far by another", () => {
  const files = (asked: string): Record<string, string> => ({
    "lib/router.ex": `defmodule Shop.Router do
  use Phoenix.Router
  post "/webhooks/parcels", Shop.ParcelController, :create
end
`,
    "lib/parcel_controller.ex": `defmodule Shop.ParcelController do
  use Phoenix.Controller

  def create(conn, params) do
    first(params)
    shared(conn)
    Shop.Repo.update_all(Shop.Parcel, set: [seen: true])
  end

  defp first(params), do: second(params)
  defp second(params), do: third(params)
  defp third(params), do: shared(params)
  defp shared(given), do: ${asked}(given)
end
`,
  });
  const found = (asked: string): number => {
    const sources = files(asked);
    return runRules(projectFrom(sources), (path) => sources[path] ?? null, { rules: [webhookNotVerified] }).findings.length;
  };

  it("is not told of", () => {
    expect(found("Shop.Parcels.verify_signature")).toBe(0);
  });

  it("is told of when nothing verifies", () => {
    expect(found("Shop.Parcels.note_down")).toBe(1);
  });
});
