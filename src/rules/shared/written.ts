import type { Expression } from "../../model/expression.js";

const longest = 60;

/** An expression as short code for a sentence: `posts`, `@users`, `Accounts.list_users(…)`. Long ones become `…`. */
export function written(expression: Expression | null): string {
  const text = expression === null ? "…" : short(expression);
  return text.length > longest ? "…" : text;
}

/** Short code between backticks; `the list` where there is none to show. */
export function quoted(code: string): string {
  return code === "…" ? "the list" : `\`${code}\``;
}

function short(expression: Expression): string {
  switch (expression.kind) {
    case "variable":
      return expression.name;
    case "attribute":
      return `@${expression.name}`;
    case "module":
      return expression.name;
    case "literal":
      return expression.type === "string"
        ? `"${expression.value}"`
        : expression.type === "atom"
          ? `:${expression.value}`
          : expression.value;
    case "access":
      if (expression.field === null) return `${short(expression.subject)}[${expression.key === null ? "…" : short(expression.key)}]`;
      return isAssigns(expression.subject) ? `@${expression.field}` : `${short(expression.subject)}.${expression.field}`;
    case "call": {
      const receiver = expression.subject === null ? expression.module : short(expression.subject);
      return `${receiver === null ? "" : `${receiver}.`}${expression.function}(${expression.arguments.length === 0 ? "" : "…"})`;
    }
    default:
      return "…";
  }
}

function isAssigns(expression: Expression): boolean {
  return expression.kind === "variable" && expression.name === "assigns";
}

/** `MyApp.Accounts.owner_name/1` → `Accounts.owner_name/1`: what people say to each other. */
export function spoken(id: string): string {
  const slash = id.lastIndexOf("/");
  const parts = id.slice(0, slash === -1 ? undefined : slash).split(".");
  const isModule = (part: string): boolean => /^[A-Z]/.test(part);
  const modules = parts.filter(isModule);
  const name = parts.filter((part) => !isModule(part)).join(".");
  const arity = slash === -1 ? "" : id.slice(slash);
  const kept = modules.slice(-(name === "" ? 2 : 1)).join(".");
  return name === "" ? kept : `${kept === "" ? "" : `${kept}.`}${name}${arity}`;
}
