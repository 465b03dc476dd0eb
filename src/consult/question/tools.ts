/** What each tool of a question takes. All only read. */
const text = (description: string) => ({ type: "string", description });

function tool(
  name: string,
  description: string,
  properties: Record<string, unknown>,
  required: readonly string[] = Object.keys(properties),
) {
  return { name, description, input_schema: { type: "object", properties, required, additionalProperties: false } };
}

/** Fixed and sorted, so that the bytes in front of every question are the same. */
export const questionTools = [
  tool("callers", "The places that call a function.", { function: text("Shop.Orders.list/1") }),
  tool("decisions", "What the team decided about this repository.", {}),
  tool("findings", "What Guard's detectors found, in a file or everywhere.", { path: text("a file; leave out for all") }, []),
  tool("process", "A process: how it is started and who supervises it.", { module: text("Shop.Server; leave out for all") }, []),
  tool(
    "read",
    "Lines of a file with their numbers.",
    { path: text("lib/shop/orders.ex"), first: { type: "integer" }, last: { type: "integer" } },
    ["path"],
  ),
  tool(
    "route",
    "Routes with the plugs on their way, by path, module or verb.",
    { about: text("/orders, OrderController; leave out for all") },
    [],
  ),
  tool("search", "Lines that hold a text, over all source files.", { text: text("plain text, no pattern") }),
  tool("symbol", "A module's functions, or one function's code with what it calls and its effects.", {
    name: text("Shop.Orders or Shop.Orders.list/1"),
  }),
  tool("table", "A table's columns, indexes and constraints as the migrations left them.", { name: text("orders") }),
] as const;

export const toolNames: ReadonlySet<string> = new Set(questionTools.map(({ name }) => name));
