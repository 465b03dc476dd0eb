import type { Expression, Interpolation } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { type Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { originOf, type Origin } from "../../shared/origin.js";
import { requestPath } from "../../shared/requests.js";
import { allDefinitions, among, definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { value: string; inside: string; origin: Origin; other: number };

const running = definitionsCalling(runs);
const making = among(
  allDefinitions,
  ({ clause, function: { module, path } }) => outlineOfClause(clause).interpolation && aboutSql.test(`${module} ${path}`),
);

export const sqlQuotedByHand = defineRule<Slots>({
  id: "sql-quoted-by-hand",
  title: "SQL text is made with values between quotes",
  trigger: "sql_injection_risk",
  area: "security",
  severity: "medium",
  cwe: ["CWE-89"],
  silencedBy: {},
  where: making,
  match(facts, project) {
    const runners = selectedIn(running, facts, project);
    return selectedIn(making, facts, project).flatMap((definition) => (runners.includes(definition) ? [] : matchIn(definition, project)));
  },
  what: ({ value, inside, other }) =>
    `\`${inside}\` puts \`${value}\` between quotes into the text of an SQL condition${other === 0 ? "" : `, and ${String(other)} more value${other === 1 ? "" : "s"} likewise`}.`,
  why: ({ value, origin }) =>
    `A quote in \`${value}\` ends the text and what follows is read as SQL, wherever this text is run${origin === "request" ? "; it comes from the request" : ""}.`,
  instead: ({ value }) =>
    `Give back the text with a placeholder (\`$1\`, \`?1\`) together with \`${value}\` in the list of parameters, and hand both to the query.`,
  notWhen: [
    "Every value between quotes is written in the source, a number, a date, generated, or one of a list (`when column in …`).",
    "The value goes through a function that quotes or escapes it.",
    "The text is no SQL: a message, a log line, another language.",
    "The text is run in the same function (the rule about SQL built from values says it there).",
    "The code is a test, a seed, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Reports.SqlFilter do
  def condition(column, value) when is_binary(value), do: "lower(#{column}) = '#{String.downcase(value)}'"
  def condition(column, value) when is_number(value), do: "#{column} = #{value}"
end
`,
      at: `"lower(#{column}) = '#{String.downcase(value)}'"`,
      good: `defmodule Shop.Reports.SqlFilter do
  def condition(column, value, position) when is_binary(value), do: {"lower(#{column}) = $#{position}", String.downcase(value)}
  def condition(column, value, position) when is_number(value), do: {"#{column} = $#{position}", value}
end
`,
    },
    {
      bad: `defmodule Shop.Reports.SqlFilter do
  def within(column, names) do
    list = names |> Enum.map(&"'#{&1}'") |> Enum.join(",")
    "#{column} IN (#{list})"
  end
end
`,
      at: `"'#{&1}'"`,
      good: `defmodule Shop.Reports.SqlFilter do
  def within(column, names), do: {"#{column} = ANY($1)", names}
end
`,
    },
  ],
});

/** A statement, or the condition that a quoted value is compared in. */
const statement =
  /\b(select\b[\s\S]*\bfrom\b|insert\s+into\b|update\b[\s\S]*\bset\b|delete\s+from\b|where\b[\s\S]*(=|\bin\b|\blike\b)|order\s+by\b)/i;
const comparing = /(?:=|<>|!=|\bi?like|\bin\s*\(|,)\s*$/i;
const aboutSql = /sql|clickhouse|postgres|mysql|query|quer(y|ies)|database/i;

function runs({ function: name }: Callee): boolean {
  return /^(query|query_many|stream|execute)!?$/.test(name);
}

function matchIn(definition: Definition, project: Project): Match<Slots>[] {
  const texts = collect(definition.body, "interpolation").filter(({ type }) => type === "string" || type === "sigil");
  const isSql = (text: Interpolation): boolean => statement.test(writtenText(text)) || comparesQuoted(text);
  const spared = messages(definition.body);
  const found = texts
    .filter((text) => !spared.some((span) => contains(span, text.span)))
    .flatMap((text) =>
      isSql(text) || isListed(text, texts, definition.body)
        ? quotedIn(text).flatMap((part) => {
            const origin = originOf(part, definition, project);
            return origin === "fixed" ? [] : [{ text, part, origin }];
          })
        : [],
    );
  const [first] = found;
  if (first === undefined) return [];
  const path = requestPath(project, definition.id);
  return [
    {
      span: first.text.span,
      confidence: first.origin === "request" ? "certain" : "likely",
      severity: first.origin === "request" || path !== null ? "high" : "medium",
      slots: { value: written(first.part), inside: spoken(definition.id), origin: first.origin, other: found.length - 1 },
      evidence: found.slice(1).map(({ text, part }) => ({
        at: { path: definition.function.path, span: text.span },
        note: `${written(part)} stands between quotes as well`,
      })),
    },
  ];
}

/** Text given to the log, to an exception, or put into an error. */
function messages(body: Expression): Span[] {
  const calls = collect(body, "call").filter(
    ({ module, function: name }) => module === "Logger" || /^(raise|reraise|throw|inspect|puts|error)$/.test(name),
  );
  const errors = collect(body, "tuple").filter(({ elements: [tag] }) => tag?.kind === "literal" && tag.value === "error");
  return [...calls, ...errors].map(({ span }) => span);
}

function writtenText({ parts }: Interpolation): string {
  return parts.map((part) => (part.kind === "literal" ? part.value : "?")).join("");
}

/** What stands directly between two single quotes. */
function quotedIn({ parts }: Interpolation): Expression[] {
  return parts.filter((part, position) => {
    const [before, after] = [parts[position - 1], parts[position + 1]];
    const opened = before?.kind === "literal" && /(^|[^'\w])'%?$/.test(before.value);
    return part.kind !== "literal" && opened && after?.kind === "literal" && /^%?'/.test(after.value);
  });
}

function comparesQuoted(text: Interpolation): boolean {
  return quotedIn(text).some((part) => {
    const before = text.parts[text.parts.indexOf(part) - 1];
    return before?.kind === "literal" && comparing.test(before.value.replace(/'%?$/, ""));
  });
}

/** `"'#{name}'"` of each element, where the list becomes part of `IN (…)`. */
function isListed(text: Interpolation, texts: readonly Interpolation[], body: Expression): boolean {
  if (!/^'\?'$/.test(writtenText(text))) return false;
  const lists = texts.filter((other) => /\bin\s*\(\s*\?/i.test(writtenText(other)));
  const holders = collect(body, "match").filter(({ value }) => contains(value.span, text.span));
  return lists.some(
    (list) =>
      contains(list.span, text.span) ||
      holders.some(({ pattern }) => pattern.kind === "variable" && collect(list, "variable").some(({ name }) => name === pattern.name)),
  );
}
