import type { Expression } from "../../model/expression.js";
import { written } from "./written.js";

const longest = 60;

/** An expression of Python or JavaScript as short code: waiting is left out, and so is the file a function comes from. */
export function writtenScript(expression: Expression | null): string {
  const text = expression === null ? "…" : short(expression);
  return text.length > longest ? "…" : text;
}

function short(expression: Expression): string {
  if (expression.kind === "operator" && expression.operator === "await" && expression.operands[0] !== undefined)
    return short(expression.operands[0]);
  if (expression.kind !== "call") return written(expression);
  const { module, subject, function: name, arguments: given } = expression;
  const receiver = subject !== null ? short(subject) : module === null ? null : heldBy(module);
  return `${receiver === null ? "" : `${receiver}.`}${name}(${given.length === 0 ? "" : "…"})`;
}

/** What a call is spoken of as made on: `Order.objects` of `shop.models.Order.objects`, `prisma.user` of `src.db.prisma.user`; null for a function of a file. */
function heldBy(module: string): string | null {
  const segments = module.split(".").filter((segment) => segment !== "default");
  const [before = "", last = ""] = segments.slice(-2);
  if (segments.length === 1) return last;
  if (/^[A-Z]/.test(last)) return last;
  return /^[A-Z]/.test(before) || isValue(before) ? `${before}.${last}` : null;
}

/** Clients of databases by the names people give them: what lies below one is no file. */
function isValue(name: string): boolean {
  return /^(prisma|db|database|pool|client|connection|models?)$/i.test(name);
}

/** `src.users.ownerName/1` → `ownerName`, `@prisma/client.PrismaClient.user.findUnique/1` → `user.findUnique`. */
export function spokenScript(id: string): string {
  const parts = id.replace(/\/\d+$/, "").split(".");
  const [holder = "", name = ""] = parts.slice(-2);
  return parts.length > 1 && (/^[A-Z]/.test(holder) || /^[A-Z]/.test(parts.at(-3) ?? "")) ? `${holder}.${name}` : (parts.at(-1) ?? id);
}
