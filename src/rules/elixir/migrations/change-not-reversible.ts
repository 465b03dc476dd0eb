import type { Call, Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import type { Span } from "../../../model/span.js";
import { walk } from "../../../model/walk.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { bodyOf, optionOf, optionsOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { freshMigrations } from "../../shared/fresh-migrations.js";
import { versionOf } from "../../shared/migration-files.js";
import { perProject } from "../../shared/per-project.js";

type Slots = { statement: string; why: string; instead: string };

export const changeNotReversible = defineRule<Slots>({
  id: "change-not-reversible",
  title: "`change` cannot be rolled back",
  trigger: "critical_pattern",
  area: "migrations",
  severity: "low",
  cwe: ["CWE-755"],
  silencedBy: {},
  fix: "say-way-back",
  where: freshMigrations,
  match: matchesIn,
  what: ({ statement }) => `${statement} stands in \`change\`, which says both how to apply the migration and how to take it back.`,
  why: ({ why }) => `${why}.`,
  instead: ({ instead }) => `${instead}.`,
  notWhen: [
    "The migration has `up`, with or without `down`: whoever leaves out `down` has decided so.",
    "The statement depends on `direction()`, or has what the way back needs: a second argument of `execute`, the type of a removed column, `from:`.",
    "The migration is more than a month older than the newest of the project.",
    "A tenth of the project's migrations cannot be rolled back either: the team goes forwards only (then it is `possible`).",
  ],
  examples: [
    {
      bad: changing(`execute "CREATE EXTENSION citext"`),
      at: `execute "CREATE EXTENSION citext"`,
      good: changing(`execute "CREATE EXTENSION citext", "DROP EXTENSION citext"`),
    },
    {
      bad: changing("alter table(:users) do\n      remove :name\n    end"),
      at: "remove :name",
      good: changing("alter table(:users) do\n      remove :name, :string\n    end"),
    },
  ],
});

function changing(statement: string): Record<string, string> {
  return {
    "priv/repo/migrations/20240101000000_change_users.exs": `defmodule Shop.Repo.Migrations.ChangeUsers do\n  use Ecto.Migration\n\n  def change do\n    ${statement}\n  end\nend\n`,
  };
}

/** From this share of irreversible migrations on, rolling back is not what the team does. */
const forwardsOnly = 0.1;

function matchesIn(facts: Facts, project: Project): Match<Slots>[] {
  if (freshMigrations(project).get(facts.path)?.isNewest !== true) return [];
  const [first] = irreversible(facts, project);
  if (first === undefined) return [];
  const { span, ...slots } = first;
  return [{ span, slots, confidence: irreversibleShare(project) >= forwardsOnly ? "possible" : "likely", evidence: [] }];
}

const irreversibleShare = perProject((project): number => {
  const migrations = [...project.files.values()].filter((facts) => versionOf(facts.path) !== null);
  const lost = migrations.filter((facts) => irreversible(facts, project).length > 0 || !hasWayBack(facts)).length;
  return migrations.length < 8 ? 0 : lost / migrations.length;
});

/** `change`, or `down` with more in it than `:ok`. */
function hasWayBack(facts: Facts): boolean {
  return facts.modules.some((module) =>
    module.functions.some(
      ({ name, clauses }) => name === "change" || (name === "down" && clauses.some(({ body }) => body !== null && body.kind !== "literal")),
    ),
  );
}

type Irreversible = Slots & { readonly span: Span };

/** The statements of `change` that Ecto can't turn round, in order. */
function irreversible(facts: Facts, project: Project): Irreversible[] {
  return facts.modules.flatMap((module) => {
    const change = module.functions.find(({ name, arity }) => name === "change" && arity === 0);
    if (change === undefined || module.functions.some(({ name }) => name === "up" || name === "down")) return [];
    return change.clauses.flatMap(({ body }) => (body === null ? [] : statementsIn(body, project)));
  });
}

function statementsIn(body: Expression, project: Project): Irreversible[] {
  const found: Irreversible[] = [];
  walk(body, (expression) => {
    if (expression.kind === "branch" || expression.kind === "lambda") return false;
    if (expression.kind !== "call") return true;
    const read = readStatement(expression, project);
    if (read !== null) found.push({ ...read, span: expression.segment });
    return read === null;
  });
  return found.sort((left, right) => left.span.start - right.span.start);
}

function readStatement(call: Call, project: Project): Slots | null {
  const raises = (statement: string, instead: string): Slots => ({
    statement,
    why: "Rolling back raises `Ecto.MigrationError`, so a release that goes wrong has to be taken back by hand",
    instead,
  });
  const [first, second] = call.arguments;
  if (call.subject === null && call.module === null) {
    if (call.function === "execute" && second === undefined && first !== undefined) {
      return raises(
        "`execute` with one statement",
        "Give `execute` the statement that takes it back as second argument, or write `up` and `down`",
      );
    }
    if (/^remove(_if_exists)?$/.test(call.function) && call.arguments.length === 1 && isName(first)) {
      return raises("`remove` without the column's type", "Write the type and options that the column has, so that it can be added again");
    }
    if (call.function === "modify" && isName(first) && optionOf(call, "from") === null && (second === undefined || isPlain(call))) {
      return raises("`modify` without `from:`", "Add `from:` with the type and options that the column has now");
    }
    if (/^drop(_if_exists)?$/.test(call.function) && first?.kind === "call" && first.function === "table" && bodyOf(call) === null) {
      return raises("`drop table`", "Write `up` and `down`, the latter with the table as it is now");
    }
  }
  if (repositoryCall(project, call)?.operation !== "write") return null;
  return {
    statement: "A change of rows",
    why: "`change` runs when the migration is rolled back too, so the rows are changed the same way a second time",
    instead: "Write `up` and `down`, or guard it with `direction()`",
  };
}

function isName(expression: Expression | undefined): boolean {
  return expression?.kind === "literal" && (expression.type === "atom" || expression.type === "string");
}

/** Options are written out, so that a `from:` among them would be seen. */
function isPlain(call: Call): boolean {
  return call.arguments.length === 2 || optionsOf(call) !== null;
}
