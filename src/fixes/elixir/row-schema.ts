import type { Expression } from "../../model/expression.js";
import type { Project, Schema } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import type { LoopSite } from "../../project/loops-in.js";
import { repositoryCall } from "../../project/repository-call.js";

/** The schema of what a loop goes through, where the element's pattern or the query that loaded the list names it. */
export function schemaOfRows(
  { project, loop, body }: { readonly project: Project; readonly loop: LoopSite; readonly body: Expression },
  element: string,
): Schema | null {
  const [pattern] = loop.patterns;
  const struct = pattern === undefined ? null : structIn(pattern);
  if (struct !== null) return project.schemas.get(struct) ?? null;
  const source = loop.source?.kind === "variable" ? boundTo(loop.source.name, loop, body) : loop.source;
  if (source?.kind !== "call" || source.function !== "all" || repositoryCall(project, source)?.operation !== "read") return null;
  const [queried] = source.arguments;
  return queried?.kind === "module" && element !== "" ? (project.schemas.get(queried.name) ?? null) : null;
}

/** `%Post{} = post`. */
function structIn(pattern: Expression): string | null {
  const parts = pattern.kind === "match" ? [pattern.pattern, pattern.value] : [];
  return parts.flatMap((part) => (part.kind === "map" && part.struct !== null ? [part.struct] : []))[0] ?? null;
}

function boundTo(name: string, loop: LoopSite, body: Expression): Expression | null {
  const matches = collect(body, "match").filter(
    ({ pattern, span }) => span.end <= loop.expression.span.start && names(pattern).includes(name),
  );
  const [only, ...more] = matches;
  return only?.pattern.kind === "variable" && more.length === 0 ? only.value : null;
}

function names(pattern: Expression): string[] {
  return collect(pattern, "variable").map((variable) => variable.name);
}

/** A struct brings empty embeds that plain maps lack. */
export function hasEmbeds(schema: Schema): boolean {
  return schema.associations.some(({ cardinality }) => cardinality.startsWith("embeds_"));
}

/** Associations of which the schema itself may delete rows (`on_delete:`), which only `Repo.delete` does. */
export function mayDeleteMore(schema: Schema): boolean {
  return schema.associations.some(({ cardinality }) => /^(has_|many_)/.test(cardinality));
}
