/** What a caller passed to a method: text from a form, or any JSON. */
export interface Arguments {
  readonly text: (name: string) => string | undefined;
  readonly flag: (name: string) => boolean;
  readonly count: (name: string) => number | undefined;
  /** A structured argument: JSON as it came, or parsed from a form's text. `undefined` when absent, `"malformed"` as kind when it does not parse. */
  readonly structure: (name: string) => { readonly kind: "given"; readonly value: unknown } | { readonly kind: "absent" | "malformed" };
}

/** Reads one method's arguments, whichever of Slack's two encodings they came in. */
export function readArguments(fields: Readonly<Record<string, unknown>>): Arguments {
  const text = (name: string): string | undefined => {
    const value = fields[name];
    if (typeof value === "string") return value;
    return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
  };
  return {
    text,
    flag: (name) => ["true", "1"].includes(text(name) ?? ""),
    count: (name) => {
      const value = text(name);
      return value === undefined || value === "" ? undefined : Number(value);
    },
    structure: (name) => {
      const value = fields[name];
      if (value === undefined || value === null || value === "") return { kind: "absent" };
      if (typeof value !== "string") return { kind: "given", value };
      try {
        return { kind: "given", value: JSON.parse(value) as unknown };
      } catch {
        return { kind: "malformed" };
      }
    },
  };
}
