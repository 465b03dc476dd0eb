import type { Call } from "../../model/expression.js";
import { collect } from "../../model/walk.js";

/** What makes the queries among calls more than filters: joins, fragments, subqueries, conditions added in a loop; empty for plain ones. */
export function elaborateParts(calls: readonly Call[]): readonly string[] {
  return [...new Set([...calls.flatMap(partsOf), ...builtInLoops(calls)])];
}

const elaborate = /^(fragment|subquery|dynamic|join|union|union_all|group_by|having|windows|with_cte|lateral_join)$/;
const elaborateKeys = /^((inner_|left_|right_|full_|cross_)?(lateral_)?join|group_by|having|union|union_all|windows)$/;

function partsOf(call: Call): string[] {
  if (call.module !== null && call.module !== "Ecto.Query") return [];
  if (elaborate.test(call.function) && call.arguments.length > 0) return [call.function];
  if (call.function !== "from") return [];
  return call.arguments.flatMap((argument) =>
    argument.kind === "keyword" ? argument.entries.flatMap(({ key }) => (elaborateKeys.test(key) ? [key] : [])) : [],
  );
}

/** A query that grows by a condition for each element of a list. */
function builtInLoops(calls: readonly Call[]): string[] {
  const lambdas = calls.filter((call) => call.module === "Enum" && call.function === "reduce").flatMap((call) => call.arguments.slice(-1));
  const built = lambdas.some((lambda) => collect(lambda, "call").some((call) => call.function === "from" || call.module === "Ecto.Query"));
  return built ? ["Enum.reduce"] : [];
}
