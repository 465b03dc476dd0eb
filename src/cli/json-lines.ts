import { readFile } from "node:fs/promises";
import * as z from "zod";

export type Lines<Item> =
  { readonly kind: "read"; readonly items: readonly Item[] } | { readonly kind: "faults"; readonly faults: readonly string[] };

/** A file with one JSON object a line, each checked; all faults at once, each with its line. */
export async function readLines<Item>(path: string, schema: z.ZodType<Item>): Promise<Lines<Item>> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return { kind: "faults", faults: [`${path} cannot be read: check the path and its permissions.`] };
  const items: Item[] = [];
  const faults: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = schema.safeParse(jsonOf(line));
    if (parsed.success) items.push(parsed.data);
    else
      faults.push(`${path}:${index + 1} is not a case: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}; mend or remove the line.`);
  }
  return faults.length === 0 ? { kind: "read", items } : { kind: "faults", faults };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // the schema then says that it is no object
  }
}
