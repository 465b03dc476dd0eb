import type { Literal } from "../../model/expression.js";
import type { OutlinedCall } from "../../model/outline.js";
import type { FunctionId } from "../../model/project.js";
import { atomOf, stringOf } from "../values.js";
import { functionId } from "./index-functions.js";
import type { Resolver } from "./resolve.js";

interface RenderingContext {
  readonly resolver: Resolver;
  readonly exists: (id: FunctionId) => boolean;
}

/** Templates and view functions that a `render` reaches: by name in the view itself, by view module, or by controller convention. */
export function renderedBy(call: OutlinedCall, context: RenderingContext): FunctionId[] {
  const named = call.details?.template ?? null;
  if (named === null) return [];
  if (call.module !== null && call.module !== "Phoenix.View" && call.module !== "Phoenix.Controller") return [];
  if (!/^render(_many|_one|_existing|_to_string|_to_iodata)?!?$/.test(call.function)) return [];
  const views = named.view !== null ? [context.resolver.expand(named.view)] : viewsFor(context.resolver.module);
  return views.flatMap((module) => functionsFor(module, named.literal)).filter(context.exists);
}

function viewsFor(module: string): string[] {
  const controller = /^(.*)Controller$/.exec(module)?.[1];
  return controller === undefined ? [module] : [`${controller}View`, `${controller}HTML`, `${controller}JSON`];
}

function functionsFor(module: string, template: Literal): FunctionId[] {
  const name = atomOf(template);
  if (name !== null) return [functionId(module, name, 1), functionId(module, `${name}.html`, 1)];
  const file = stringOf(template) ?? "";
  const base = file.split(".")[0] ?? "";
  return [functionId(module, file, 1), functionId(module, base, 1), functionId(module, "render", 2)];
}
