import type { Literal } from "../../model/expression.js";
import type { Outline, OutlinedCall } from "../../model/outline.js";
import type { FunctionId } from "../../model/project.js";
import { contains } from "../../model/span.js";
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

export function rendersComponent(call: OutlinedCall): boolean {
  return call.function === "live_component";
}

/** Callbacks that `<.live_component module={…}>` runs, once for each time it is rendered; `update_many` runs once for all and is not among them. */
export function liveComponentsBy(call: OutlinedCall, { modules }: Outline, context: RenderingContext): FunctionId[] {
  const named = modules.find(({ span }) => contains(call.span, span));
  if (named === undefined) return [];
  const module = context.resolver.expand(named.name);
  const updatesTogether = context.exists(functionId(module, "update_many", 1));
  const callbacks = [
    functionId(module, "mount", 1),
    ...(updatesTogether ? [] : [functionId(module, "update", 2)]),
    functionId(module, "render", 1),
  ];
  return callbacks.filter(context.exists);
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
