import type { Call, Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { traceEffect } from "../../../project/effects-of.js";
import { stringOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { awaitedIn } from "../../shared/awaited.js";
import { servingDefinitions, type Definition } from "../../shared/definitions.js";
import { mayEndEarly } from "../../shared/early-end.js";
import { elementWork, type ElementSite, type ElementWork } from "../../shared/elements.js";
import { isShort } from "../../shared/short-lists.js";
import { spokenScript, writtenScript } from "../../shared/script-words.js";
import { isServing } from "../../shared/serving-files.js";
import { quoted } from "../../shared/written.js";

type Slots = { call: string; query: string; over: string; how: string; manner: "awaited" | "concurrent" | "unwatched"; library: string };

const prisma = `import { PrismaClient } from "@prisma/client";

export const prisma = new PrismaClient();
`;

export const queryAwaitedInLoop = defineRule<Slots>({
  id: "query-awaited-in-loop",
  title: "A query is awaited once for every element of a list",
  trigger: "database_query_in_loop",
  area: "data",
  severity: "high",
  cwe: ["CWE-1073"],
  languages: ["javascript", "typescript"],
  silencedBy: {},
  match(facts, project) {
    if (!isServing(facts.path)) return [];
    return servingDefinitions(facts, project).flatMap((definition) =>
      elementWork(definition, project, "query").flatMap((work) => matchOf(work, definition, facts, project)),
    );
  },
  what: ({ call, query, over, how, manner }) => {
    const runs = query === "" ? `\`${call}\` runs` : `\`${call}\` runs a query (\`${query}\`), and that happens`;
    if (manner === "concurrent")
      return `${runs} once for every element of ${quoted(over)} in this \`${how}\`, all of them at the same time.`;
    if (manner === "unwatched")
      return `${runs} once for every element of ${quoted(over)} in this \`${how}\`, which does not wait for any of them.`;
    return `${runs} once for every element of ${quoted(over)} in this \`${how}\`, each after the one before has answered.`;
  },
  why: ({ over, manner }) => {
    if (manner === "concurrent")
      return `N elements of ${quoted(over)} ask the pool for N connections at once: other requests wait for theirs, and the database does N times the work of one query.`;
    if (manner === "unwatched")
      return `N elements of ${quoted(over)} cost N queries, and an error in any of them is an unhandled rejection, which ends the process.`;
    return `The time to answer is N round trips to the database for N elements of ${quoted(over)}.`;
  },
  instead: ({ library, over }) =>
    `Collect the keys of ${quoted(over)} first and load all rows with one query (${cures[library] ?? "a condition on the whole list of keys"}), then look each up in a \`Map\`.`,
  notWhen: [
    "The list is a few values written in the source, or made of chunks, batches or pages.",
    "The call's receiver was not made by a database library Guard knows, as far as imports, fields and types tell.",
    "The query does not depend on the element, or its promise is handed to a transaction instead of awaited.",
    "The query writes, controls a transaction, or the loop may end early (a write or an early end is `possible`).",
    "The code is a test, a migration, a seed or a script.",
  ],
  examples: [
    {
      bad: {
        "src/db.ts": prisma,
        "src/orders.ts": `import { prisma } from "./db";

export async function withOwners(orders: Order[]) {
  const rows = [];
  for (const order of orders) {
    const owner = await prisma.user.findUnique({ where: { id: order.userId } });
    rows.push({ ...order, owner });
  }
  return rows;
}
`,
      },
      at: "prisma.user.findUnique({ where: { id: order.userId } })",
      good: {
        "src/db.ts": prisma,
        "src/orders.ts": `import { prisma } from "./db";

export async function withOwners(orders: Order[]) {
  const owners = await prisma.user.findMany({ where: { id: { in: orders.map((order) => order.userId) } } });
  const byId = new Map(owners.map((owner) => [owner.id, owner]));
  const rows = [];
  for (const order of orders) {
    rows.push({ ...order, owner: byId.get(order.userId) });
  }
  return rows;
}
`,
      },
    },
    {
      bad: {
        "lib/db.js": `const { Pool } = require("pg");

module.exports = new Pool();
`,
        "lib/users.js": `const pool = require("./db");

async function ownerName(post) {
  const { rows } = await pool.query("select name from users where id = $1", [post.owner_id]);
  return rows[0].name;
}

module.exports = { ownerName };
`,
        "routes/posts.js": `const { ownerName } = require("../lib/users");

router.get("/posts", async (req, res) => {
  const names = await Promise.all(req.posts.map((post) => ownerName(post)));
  res.json(names);
});
`,
      },
      at: "ownerName(post)",
      good: {
        "lib/db.js": `const { Pool } = require("pg");

module.exports = new Pool();
`,
        "lib/users.js": `const pool = require("./db");

async function ownerNames(posts) {
  const { rows } = await pool.query("select id, name from users where id = any($1)", [posts.map((post) => post.owner_id)]);
  return new Map(rows.map((row) => [row.id, row.name]));
}

module.exports = { ownerNames };
`,
        "routes/posts.js": `const { ownerNames } = require("../lib/users");

router.get("/posts", async (req, res) => {
  const byId = await ownerNames(req.posts);
  res.json(req.posts.map((post) => byId.get(post.owner_id)));
});
`,
      },
    },
  ],
});

const cures: Readonly<Record<string, string>> = {
  pg: "`where id = any($1)`",
  mysql2: "`where id in (?)`",
  knex: "`whereIn`",
  "@prisma/client": "`findMany` with `in`",
  typeorm: "`In(ids)`",
  sequelize: "`findAll` with the keys as an array",
  mongoose: "`find` with `$in`",
};

function matchOf(work: ElementWork, definition: Definition, facts: Facts, project: Project): Match<Slots>[] {
  const { loop } = work;
  if (loop === null || isBatch(loop.patterns, loop.source) || isConstant(loop.source, facts, definition, project)) return [];
  const { calls, concurrent } = awaitedIn(loop, definition.body);
  const writes = work.sites.filter(({ effect }) => effect === "write");
  const matches = calls.flatMap((chain): Match<Slots>[] => {
    const site = siteOf(chain, work.sites);
    const [awaited] = chain;
    if (site === null || awaited === undefined || chain.some((call) => isControl(call) || takesSlice(call))) return [];
    const steps = site.callee === null ? [] : traceEffect(project, site.callee, "query");
    const end = steps.at(-1)?.call ?? site.call;
    const doubtful =
      mayEndEarly(loop) || chain.some(isWriting) || writes.some((write) => chain.some((call) => call.segment.start === write.span.start));
    const how = loop.expression.kind === "loop" ? "for" : `.${loop.expression.function}`;
    const slots = {
      ...{
        call: writtenScript(site.expression.kind === "call" ? site.expression : null),
        query: site.callee === null ? "" : spokenScript(end),
      },
      ...{ over: writtenScript(loop.source), how, library: libraryOf(end) },
      manner: concurrent ? ("concurrent" as const) : how === ".forEach" ? ("unwatched" as const) : ("awaited" as const),
    };
    const evidence = [
      { at: { path: facts.path, span: loop.nameSpan }, note: `runs once per element of ${slots.over}` },
      ...steps.map((step) => ({ at: step.at, note: `${spokenScript(step.caller)} calls ${spokenScript(step.call)}` })),
    ];
    const severity = answersRequest(definition) ? "high" : "medium";
    return [{ span: awaited.segment, confidence: doubtful ? "possible" : "likely", severity, slots, evidence }];
  });
  return matches;
}

/** The outermost call of a chain that queries. */
function siteOf(chain: readonly Call[], sites: readonly ElementSite[]): ElementSite | null {
  for (const call of chain) {
    const site = sites.find(({ effect, span }) => effect === "query" && span.start === call.segment.start && span.end === call.segment.end);
    if (site !== undefined) return site;
  }
  return null;
}

function libraryOf(call: string): string {
  return Object.keys(cures).find((name) => call === name || call.startsWith(`${name}.`) || call.startsWith(`${name}/`)) ?? "";
}

function isBatch(patterns: readonly Expression[], source: Expression | null): boolean {
  const bound = patterns.flatMap((pattern) => collect(pattern, "variable")).map(({ name }) => name);
  const through = source?.kind === "call" ? [source.function] : source?.kind === "variable" ? [source.name] : [];
  return [...bound, ...through].some((name) => /chunk|batch|page|bucket/i.test(name)) || bound.some((name) => /ids$/i.test(name));
}

/** `ids.slice(i, i + 100)`: a batch that is cut where it is used. */
function takesSlice(call: Call): boolean {
  return call.arguments.some((argument) => collect(argument, "call").some((inner) => /^(slice|splice|subarray)$/.test(inner.function)));
}

/** A list that stands at the top of the file. */
function isConstant(source: Expression | null, facts: Facts, definition: Definition, project: Project): boolean {
  if (source?.kind === "call" && /^(keys|values|entries)$/.test(source.function)) {
    return isConstant(source.arguments[0] ?? null, facts, definition, project);
  }
  if (source?.kind !== "variable") return false;
  const value = facts.modules[0]?.attributes.find(({ name }) => name === source.name)?.value ?? null;
  return isShort(value, definition, project);
}

const writing = /^\s*(insert|update|delete|merge|upsert)\b/i;
const control = /^\s*(begin|start transaction|commit|rollback|savepoint|release|set|lock|listen|notify)\b|advisory/i;

function isWriting(call: Call): boolean {
  return writing.test(sqlOf(call));
}

function isControl(call: Call): boolean {
  return control.test(sqlOf(call));
}

function sqlOf(call: Call): string {
  const [first] = call.arguments;
  return first?.kind === "interpolation" ? (stringOf(first.parts[0]) ?? "") : (stringOf(first) ?? "");
}

/** An Express or Koa handler, or a file that holds what answers requests. */
function answersRequest({ clause, function: { path } }: Definition): boolean {
  const names = clause.parameters.flatMap((parameter) => collect(parameter, "variable")).map(({ name }) => name);
  const handles = names.some((name) => /^_?(req|request|ctx|context)$/.test(name));
  return handles || /(^|[/.])(routes?|routers?|controllers?|resolvers?|handlers?|api|endpoints?)([/.]|$)/i.test(path);
}
