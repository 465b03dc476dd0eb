import type { Expression } from "../../model/expression.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { loopsIn, type LoopSite } from "../../project/loops-in.js";
import { repositoryCall } from "../../project/repository-call.js";
import { underscore } from "../../project/underscore.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";
import { meansTheSame, statementAround } from "../statement.js";
import { preloadBeforeLoop } from "./preload-before-loop.js";
import { queryImport } from "./query-import.js";

/** A query inside a loop becomes one before it: a preload of the whole list, or one query for the rows of all keys. */
export const loadBeforeLoop: ProposeChange = (finding, input) => preloadBeforeLoop(finding, input) ?? getBeforeLoop(finding, input);

/** `Repo.get(User, post.user_id)` in a loop over `posts` looks up a map of all those users, which one query fills before. Keys must come from stored rows: those of a request may be text where the rows have numbers. */
const getBeforeLoop: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const path = finding.place.path;
  const text = textOf(path);
  const found = callAt(project, path, finding.location.span);
  if (text === null || found === null || found.call.function !== "get" || repositoryCall(project, found.call) === null) return null;
  const { call, body, definition } = found;
  const [schema, key, ...options] = call.arguments;
  const loop = loopsIn(body).findLast((site) => contains(site.body.span, call.span));
  if (schema?.kind !== "module" || key === undefined || options.length > 0 || loop?.source?.kind !== "variable") return null;
  if (project.schemas.get(schema.name)?.primaryKey.join() !== "id") return null;
  const keys = keysOf(key, loop, body);
  const statement = statementAround(body, loop.expression.span, text);
  const imported = queryImport(project, path, call.span, text);
  if (keys === null || statement === null || imported === null) return null;
  if (!meansTheSame(loop.source.name, statement, loop.expression.span, body)) return null;
  const rows = `${underscore(schema.name.split(".").at(-1) ?? "row")}s_by_id`;
  if (writtenAt(text, definition.span).includes(rows)) return null;
  const repository = writtenAt(text, call.nameSpan).replace(/\.get$/, "");
  const query = `from(row in ${writtenAt(text, schema.span)}, where: row.id in ^${keys})`;
  const load = `${rows} = Map.new(${repository}.all(${query}), &{&1.id, &1})\n${statement.indentation}`;
  return editOf(finding, input, `Load all rows with one query before the loop`, [
    ...imported,
    { span: { start: statement.span.start, end: statement.span.start }, text: load },
    { span: call.span, text: `Map.get(${rows}, ${writtenAt(text, key.span)})` },
  ]);
};

/** The list of all keys, as code. */
function keysOf(key: Expression, loop: LoopSite, body: Expression): string | null {
  const [pattern, ...others] = loop.patterns;
  if (others.length > 0 || pattern?.kind !== "variable" || loop.source?.kind !== "variable") return null;
  const source = loop.source.name;
  if (isFieldOf(key, pattern.name)) return `Enum.map(${source}, & &1.${key.field})`;
  if (key.kind !== "variable" || key.name !== pattern.name) return null;
  return isListOfKeys(source, loop, body) ? source : null;
}

/** `post.user_id`: a key as a row stores it. */
function isFieldOf(key: Expression, element: string): key is Extract<Expression, { kind: "access" }> & { field: string } {
  return key.kind === "access" && key.field?.endsWith("_id") === true && key.subject.kind === "variable" && key.subject.name === element;
}

/** `ids = Enum.map(posts, & &1.user_id)`. */
function isListOfKeys(name: string, loop: LoopSite, body: Expression): boolean {
  const bound = collect(body, "match").filter(
    ({ pattern, span }) => pattern.kind === "variable" && pattern.name === name && span.end <= loop.expression.span.start,
  );
  const [only, ...more] = bound;
  if (only === undefined || more.length > 0 || only.value.kind !== "call") return false;
  const { module, function: called, arguments: given } = only.value;
  const [clause, ...clauses] = given[1]?.kind === "lambda" ? given[1].clauses : [];
  const element = clause?.patterns[0];
  if (module !== "Enum" || called !== "map" || clause === undefined || clauses.length > 0 || element?.kind !== "variable") return false;
  return isFieldOf(clause.body, element.name);
}
