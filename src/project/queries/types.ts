import type { Expression } from "../../model/expression.js";
import type { FunctionId, Location } from "../../model/project.js";

/** One table a query reads; what could not be told is null. */
export interface QuerySource {
  readonly schema: string | null;
  readonly table: string | null;
  /** The name given by `as:`. */
  readonly as: string | null;
}

/** A column named in a query. `source` counts from 0, the table after `from`. */
export interface QueryColumn {
  readonly source: number;
  readonly column: string;
}

/** A condition on a column. `always` is false inside `or`, `not` and where only some ways through the code add it. */
export interface QueryFilter extends QueryColumn {
  readonly operator: "==" | "in" | "<" | ">" | "!=" | "is_nil" | "like" | "fragment";
  readonly value: Expression | null;
  readonly always: boolean;
}

/** What a query asks for, put together along pipes, variables and the functions that build it. */
export interface QueryShape {
  readonly sources: readonly QuerySource[];
  readonly filters: readonly QueryFilter[];
  readonly orders: readonly QueryColumn[];
  /** Columns compared with columns of another table. */
  readonly joins: readonly QueryColumn[];
  readonly limited: boolean;
  /** Skips rows, and how many is not written there. */
  readonly offset: boolean;
  /** `select` of an aggregate, `group_by` or `distinct`: rows are not handed out as they are stored. */
  readonly aggregated: boolean;
  /** Something that could not be read takes part: absence of a condition then proves nothing. */
  readonly opaque: boolean;
}

/** A query where it is run. `name` is the repository's function (`all`, `get_by`); `location` covers the call. */
export interface RunQuery extends QueryShape {
  readonly name: string;
  readonly caller: FunctionId;
  readonly at: Location;
  /** The repository limits it to one tenant by itself; what it asks for that is among the filters. */
  readonly tenant: boolean;
}
