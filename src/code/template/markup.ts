import type { Markup } from "../../model/expression.js";
import type { ParseSource } from "../../model/ports.js";
import type { Span } from "../../model/span.js";
import type { Reader } from "../elixir/reader.js";

export function readMarkup(_reader: Reader, _parse: ParseSource, span: Span, _language: "heex" | "eex"): Markup {
  return { kind: "markup", children: [], span };
}
