import type { Call, Expression } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { FunctionFacts, ModuleFacts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { stringOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { resolved } from "../../shared/bound-values.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { write: string; place: string; reader: string; inside: string };

const callers = definitionsCalling(writes);

export const fileWrittenInPlace = defineRule<Slots>({
  id: "file-written-in-place",
  title: "A stored file is written where it is being read",
  trigger: "critical_pattern",
  area: "resources",
  severity: "low",
  cwe: ["CWE-367"],
  silencedBy: {},
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ write, place, reader, inside }) =>
    `\`${inside}\` writes with \`${write}\` straight to the path that \`${place}\` gives, and \`${reader}\` reads files at those paths.`,
  why: ({ reader }) =>
    `Until the last byte is written \`${reader}\` finds a part of the file, and after a crash in between it finds that part for ever; nothing tells it from a whole one.`,
  instead: ({ write }) =>
    `Write with \`${write}\` to a name of its own in the same folder, then \`File.rename/2\` it to the final path: renaming within one file system shows the old file or the new one, never a part.`,
  notWhen: [
    "The file is renamed to its path in the same function.",
    "No function of the module reads files at paths that the same function gives.",
    "The path is a temporary one by its name.",
    "The write appends or empties the file, or the name is made in the same function, so that nobody asks for it yet.",
    "The code is a test, a seed, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Pictures do
  def store(name, upload) do
    path = full_path(name)

    with :ok <- File.mkdir_p(Path.dirname(path)),
         {:ok, _} <- File.copy(upload.path, path) do
      :ok
    end
  end

  def serve(conn, name), do: Plug.Conn.send_file(conn, 200, full_path(name))

  defp full_path(name), do: Path.join("/var/pictures", name)
end
`,
      at: "File.copy(upload.path, path)",
      good: `defmodule Shop.Pictures do
  def store(name, upload) do
    path = full_path(name)
    part = "#{path}.#{System.unique_integer([:positive])}.tmp"

    with :ok <- File.mkdir_p(Path.dirname(path)),
         {:ok, _} <- File.copy(upload.path, part) do
      File.rename(part, path)
    end
  end

  def serve(conn, name), do: Plug.Conn.send_file(conn, 200, full_path(name))

  defp full_path(name), do: Path.join("/var/pictures", name)
end
`,
    },
  ],
});

const writing = /^(copy|cp|write)!?$/;

function writes({ module, function: name }: Callee): boolean {
  return module === "File" && writing.test(name);
}
const reading = /^(read|open|stream|send_file)!?$/;
const passing = /tmp|temp|part|cache/i;

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  if (!writes(call)) return [];
  const { body, function: entry } = definition;
  const target = call.arguments[call.function.startsWith("write") ? 0 : 1];
  const place = target === undefined ? null : placeOf(target, body);
  const module = project.modules.get(entry.module)?.facts;
  if (target === undefined || place === null || module === undefined || passing.test(place) || appends(call)) return [];
  if (isNamedHere(target, body) || stringOf(call.arguments[1]) === "") return [];
  if (collect(body, "call").some(({ function: name }) => /^rename!?$/.test(name))) return [];
  const reader = module.functions.find((candidate) => candidate.name !== entry.facts.name && readsAt(candidate, place));
  if (reader === undefined || !isOwn(module, place)) return [];
  return [
    {
      span: call.segment,
      confidence: "likely",
      slots: { write: `File.${call.function}`, place, reader: `${reader.name}/${String(reader.arity)}`, inside: spoken(definition.id) },
      evidence: [{ at: { path: entry.path, span: reader.nameSpan }, note: `${reader.name} reads files there` }],
    },
  ];
}

function appends(call: Call): boolean {
  return call.arguments
    .slice(2)
    .some((options) => collect(options, "literal").some(({ value }) => value === "append" || value === "exclusive"));
}

/** The module's own function that gives a path: `full_path(name)`, also through the variable it is bound to. */
function placeOf(path: Expression, body: Expression): string | null {
  const value = resolved(path, body);
  return value.kind === "call" && value.module === null && value.subject === null ? value.function : null;
}

/** The name is made in this function: nobody knows it before the file is whole. */
function isNamedHere(path: Expression, body: Expression): boolean {
  return collect(resolved(path, body), "variable").some((variable) => resolved(variable, body) !== variable);
}

function isOwn({ functions }: ModuleFacts, name: string): boolean {
  return functions.some((candidate) => candidate.name === name);
}

function readsAt({ clauses }: FunctionFacts, place: string): boolean {
  return clauses.some((clause) => {
    const { calls } = outlineOfClause(clause);
    const { body } = clause;
    if (!calls.some(({ function: name }) => reading.test(name)) || !calls.some(({ function: name }) => name === place) || body === null)
      return false;
    return collect(body, "call").some(
      (call) => reading.test(call.function) && call.arguments.some((argument) => placeOf(argument, body) === place),
    );
  });
}
