import type { ModuleFacts } from "../../model/facts.js";
import { outlineOfBody } from "../../model/outline.js";
import { collect } from "../../model/walk.js";
import { environmentReads, type EnvironmentRead } from "./environment-reads.js";

/** A read that happens when the module is compiled, and what keeps its value. */
export interface HeldRead {
  readonly read: EnvironmentRead;
  readonly holder: string;
}

/** Reads in the values of attributes and in the options of plugs. */
export function readsWhenCompiled(module: ModuleFacts): HeldRead[] {
  return [...readsInAttributes(module), ...inPlugs(module)];
}

/** Reads in the values of attributes alone. */
export function readsInAttributes(module: ModuleFacts): HeldRead[] {
  return module.attributes.flatMap(({ name, value }) => {
    if (value === null || /doc$|^(tag|moduletag|impl|spec|type|typep|opaque|callback|external_resource)$/.test(name)) return [];
    return environmentReads(value).map((read) => ({ read, holder: `@${name}` }));
  });
}

/** Options of plugs are values by the time the module is compiled. */
function inPlugs(module: ModuleFacts): HeldRead[] {
  const reads = outlineOfBody(module).calls.some(
    (call) => (call.module === "System" || call.module === "Application") && /^(get_env|fetch_env!?)$/.test(call.function),
  );
  if (!reads) return [];
  return module.body
    .flatMap((call) => collect(call, "call"))
    .filter((call) => call.module === null && call.function === "plug" && call.arguments.length > 1)
    .flatMap((plug) => {
      const [named] = plug.arguments;
      const holder = named?.kind === "module" ? named.name : named?.kind === "literal" ? `:${named.value}` : "plug";
      return plug.arguments.slice(1).flatMap((options) => environmentReads(options).map((read) => ({ read, holder: `plug ${holder}` })));
    });
}
