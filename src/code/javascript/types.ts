import type { SyntaxNode } from "../../model/syntax.js";
import { findName } from "../common/names.js";
import { textOf, type ScriptReader } from "../common/reader.js";
import { childIn, namedChildren } from "../nodes.js";

/** What a value of the written type was made by: `pool: Pool` by `pg.Pool`; null without a type or for one of the language. */
export function originOfType(reader: ScriptReader, annotation: SyntaxNode | null): string | null {
  const type = annotation === null ? undefined : namedChildren(annotation)[0];
  const name = type?.type === "generic_type" ? childIn(type, "name") : type;
  return name?.type === "type_identifier" ? findName(reader.names, textOf(reader, name)).origin : null;
}
