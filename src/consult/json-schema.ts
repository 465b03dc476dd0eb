import * as z from "zod";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Keywords structured output refuses; what they say is checked by zod when the answer comes back. */
const unsupported = new Set([
  "$schema",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minLength",
  "maxLength",
  "pattern",
  "maxItems",
]);

/** A schema as the Messages API accepts it: closed objects, every key required, no bounds. */
export function jsonSchemaOf(schema: z.ZodType): Json {
  return adjust(z.toJSONSchema(schema) as Json);
}

function adjust(node: Json): Json {
  if (Array.isArray(node)) return node.map((item: Json) => adjust(item));
  if (node === null || typeof node !== "object") return node;
  const kept = Object.entries(node).filter(([key]) => !unsupported.has(key));
  const adjusted = Object.fromEntries(kept.map(([key, value]) => [key, adjust(value)]));
  return adjusted["type"] === "object" ? { ...adjusted, additionalProperties: false } : adjusted;
}
