import type { Location } from "../../../model/project.js";
import type { Change } from "../change.js";
import { unknownText } from "../constants.js";
import type { Token } from "./tokens.js";

/** One statement being read: its tokens, the whole text they point into, and where that stands in the project. */
export interface SqlStatement {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly at: Location;
}

/** DDL that was seen and not understood. */
export function unreadStatement(statement: SqlStatement, table: string | null): Change {
  const first = statement.tokens[0]?.start ?? 0;
  const text = statement.text.slice(first, statement.tokens.at(-1)?.end).replace(/\s+/g, " ").slice(0, 200);
  return { kind: "unread", statement: { ...statement.at, table: table?.includes(unknownText) === true ? null : table, text } };
}
