import { describe, expect, it } from "vitest";
import { factsOf, show } from "../support.js";

const views = `"""Orders."""
from django.views import View
from .models import Order as Purchase
from . import services
import os.path

LIMIT = 10


class OrderView(View):
    model = Purchase

    def get(self, request, page: int = 1):
        orders = Purchase.objects.filter(status="open").order_by("-id")[:20]
        for number, order in enumerate(orders):
            order.label = self.label(order, short=True)
        return [f"a {order.id}" for order in orders if order.open]

    @staticmethod
    def label(order, **options):
        try:
            return services.label(order)
        except (KeyError, ValueError) as error:
            raise Missing from error


def top():
    return OrderView
`;

describe("a Python file", () => {
  const facts = factsOf(views, "shop/orders/views.py");
  const [file, view] = facts.modules;

  it("is a module named as it is imported, and one for each class with what it inherits", () => {
    expect(facts.language).toBe("python");
    expect(facts.damage).toEqual([]);
    expect(facts.modules.map(({ name }) => name)).toEqual(["shop.orders.views", "shop.orders.views.OrderView"]);
    expect(view?.uses.map(({ module }) => module)).toEqual(["django.views.View"]);
    expect(file?.documented).toBe(true);
  });

  it("resolves imports, relative ones from its package", () => {
    expect(file?.aliases).toEqual([
      { short: "View", name: "django.views.View" },
      { short: "Purchase", name: "shop.orders.models.Order" },
      { short: "services", name: "shop.orders.services" },
      { short: "os", name: "os" },
    ]);
  });

  it("leaves a method's receiver out and counts what may be left out by the caller", () => {
    expect(view?.functions.map(({ name, arity, defaults }) => `${name}/${arity}-${defaults}`)).toEqual(["get/2-1", "label/2-0"]);
    expect(file?.functions.map(({ name }) => name)).toEqual(["top"]);
  });

  it("becomes the expressions every language has", () => {
    expect(
      view?.functions.map(({ clauses }) => show(clauses[0]?.body ?? { kind: "unknown", children: [], span: { start: 0, end: 0 } })),
    ).toEqual([
      '(orders = shop.orders.models.Order.objects.filter([status: "open"]).order_by("-id")[slice 20]; ' +
        "for {number, order} <- enumerate(orders) {order.label = self.label(order, [short: true])}; " +
        'return for order <- orders, order.open {string("a ", order.id)})',
      "try {do  -> return shop.orders.services.label(order); rescue ?({KeyError, ValueError}, ?(error)) -> (Missing raise error)}",
    ]);
  });

  it("knows the class a receiver was made by", () => {
    const [loop] = view?.functions[0]?.clauses ?? [];
    const calls: (string | null)[] = [];
    JSON.stringify(loop, (_key, value: unknown) => {
      if (typeof value === "object" && value !== null && "function" in value && value.function === "label" && "module" in value) {
        calls.push(value.module as string | null);
      }
      return value;
    });
    expect(calls).toEqual(["shop.orders.views.OrderView"]);
  });

  it("names what could not be read, and keeps the rest", () => {
    const torn = factsOf("def good():\n    return 1\n\n\ndef bad(:\n    pass\n", "shop/torn.py");
    expect(torn.damage.length).toBeGreaterThan(0);
    expect(torn.modules[0]?.functions.map(({ name }) => name)).toContain("good");
  });
});
