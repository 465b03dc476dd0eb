import type { Call, Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { outlineOfClause } from "../../../model/outline.js";
import { collect, walk } from "../../../model/walk.js";
import { findFunction } from "../../../project/find-function.js";
import { resolved } from "../../shared/bound-values.js";
import type { Callee } from "../../shared/definition-index.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; path: string; request: string };

const asking = definitionsCalling(asksTemporary);

export const temporaryFileLeft = defineRule<Slots>({
  id: "temporary-file-left",
  title: "A temporary file is written under a new name and never removed",
  trigger: "resource_leak",
  area: "resources",
  severity: "medium",
  cwe: ["CWE-459"],
  silencedBy: {},
  where: asking,
  match(facts, project) {
    return selectedIn(asking, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ inside, path }) =>
    `\`${inside}\` writes \`${path}\`, a new name in the temporary directory at each call, and nothing removes it.`,
  why: ({ request }) =>
    `The system does not clean up behind a running application: ${request === "" ? "every call" : `every request to \`${request}\``} leaves one more file, until the disk of the node is full and all writing fails.`,
  instead: () =>
    "Remove it in an `after` block (`File.rm/1`), let `Plug.Upload.random_file!/1` or Briefly make the file, which remove it when the process ends, or send the content without a file (`send_download/3` with `{:binary, content}`).",
  notWhen: [
    "Something is removed in the function, or in a function of the project that is given the path.",
    "The path is handed back, kept or given to code that is not read here: who gets it may remove it.",
    "The name is the same each time, so that one file is written over.",
    "The code is a test, a script or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.ExportController do
  use Phoenix.Controller

  def show(conn, %{"id" => id}) do
    file = Path.join(System.tmp_dir!(), Ecto.UUID.generate())
    File.write!(file, Shop.Export.render(id))
    send_file(conn, 200, file)
  end
end
`,
      at: "File.write!(file, Shop.Export.render(id))",
      good: `defmodule ShopWeb.ExportController do
  use Phoenix.Controller

  def show(conn, %{"id" => id}) do
    file = Path.join(System.tmp_dir!(), Ecto.UUID.generate())
    File.write!(file, Shop.Export.render(id))

    try do
      send_file(conn, 200, file)
    after
      File.rm(file)
    end
  end
end
`,
    },
  ],
});

function asksTemporary({ module, function: name }: Callee): boolean {
  return module === "System" && /^tmp_dir!?$/.test(name);
}

const removal = /^(rm|rm_rf|rm!|rm_rf!|rmdir|delete|delete_\w+|remove\w*|unlink|clean\w*|cleanup\w*|with_\w*|cleaning\w*)$/;

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const { body, clause } = definition;
  if (outlineOfClause(clause).calls.some(({ function: name }) => removal.test(name))) return [];
  const made = collect(body, "match").flatMap(({ pattern, value }) =>
    pattern.kind === "variable" && isFreshPath(value, body) ? [pattern.name] : [],
  );
  return made.flatMap((name) => {
    const write = collect(body, "call").find((call) => isWriting(call, name));
    if (write === undefined || isHandedOn(name, definition, project)) return [];
    const request = spoken(requestPath(project, definition.id)?.[0] ?? "");
    return [{ span: write.segment, confidence: "likely", slots: { inside: spoken(definition.id), path: name, request }, evidence: [] }];
  });
}

const fresh = /rand|uniq|uuid|ulid|generate|token|base(16|32|36|64)|now|time|make_ref|hash|nanoid/i;

/** A path under the temporary directory with something in it that is new each time. */
function isFreshPath(value: Expression, body: Expression): boolean {
  const calls = collect(value, "call");
  if (!calls.some(asksTemporary)) return false;
  const bound = collect(value, "variable").map((variable) => resolved(variable, body));
  return [...calls, ...bound.flatMap((source) => collect(source, "call"))].some(
    (call) => !asksTemporary(call) && fresh.test(`${call.module ?? ""}.${call.function}`),
  );
}

function isWriting(call: Call, name: string): boolean {
  return (
    call.module === "File" &&
    /^(write|write!|mkdir|mkdir!|mkdir_p|mkdir_p!|touch|touch!|open|open!|cp|cp!|copy|copy!)$/.test(call.function) &&
    mentions(call.arguments, name)
  );
}

function mentions(parts: readonly Expression[], name: string): boolean {
  return parts.some((part) => part.kind === "variable" && part.name === name);
}

/** Libraries that use a path and leave the file where it is. */
const users = /^(File|IO|Path|Logger|System|Plug\.Conn|Phoenix\.Controller|:zip|:erl_tar|String|Enum)$/;

/** Whether the path leaves the function by another way than a call that only uses it. */
function isHandedOn(name: string, definition: Definition, project: Project): boolean {
  let handed = false;
  const used = new Set<Expression>();
  walk(definition.body, (part) => {
    if (part.kind === "match" && part.pattern.kind === "variable" && part.pattern.name === name) used.add(part.pattern);
    if (part.kind === "interpolation") for (const inner of part.parts) used.add(inner);
    if (part.kind === "call" && usesOnly(part, definition, project)) {
      for (const argument of part.arguments) for (const inner of withIn(argument)) used.add(inner);
    }
    if (part.kind === "variable" && part.name === name && !used.has(part)) handed = true;
    return !handed;
  });
  return handed;
}

/** The argument itself, an element of a list (`System.cmd`), or the path in `{:file, path}`. */
function withIn(argument: Expression): readonly Expression[] {
  if (argument.kind === "list") return argument.elements.flatMap(withIn);
  if (argument.kind === "tuple") return argument.elements.flatMap(withIn);
  return [argument];
}

function usesOnly(call: Call, { function: entry }: Definition, project: Project): boolean {
  if (call.subject !== null) return false;
  if (call.module !== null && users.test(call.module)) return true;
  if (call.module === null && /^(send_file|send_download|inspect|to_charlist|to_string)$/.test(call.function)) return true;
  const target = findFunction(project, call.module ?? entry.module, call.function, call.arguments.length);
  return (
    target !== null &&
    !removes(target.facts.clauses.flatMap((clause) => outlineOfClause(clause).calls)) &&
    !/^\w*(file|path|dir)$/.test(call.function)
  );
}

function removes(calls: readonly Callee[]): boolean {
  return calls.some(
    ({ module, function: name }) => removal.test(name) || (module !== null && !/^(File|IO|Path|Logger|String|Enum|System)$/.test(module)),
  );
}
