import { confidences, type Confidence } from "../../model/finding.js";
import type { Effect, Project } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { traceEffect, type EffectStep } from "../../project/effects-of.js";
import { stringOf } from "../../project/values.js";
import { asksOnlyWhenNotLoaded, goesThroughCache } from "./conditional.js";
import { preloadsAtEnd, preloadsOfSource } from "./known-preloads.js";
import { isRange } from "./short-lists.js";
import type { ElementSite, ElementWork } from "./elements.js";
import { spoken } from "./written.js";

/** A query per element, the way to it, and how sure it is that a reviewer would object. */
export interface JudgedQuery {
  readonly site: ElementSite;
  readonly steps: readonly EffectStep[];
  readonly confidence: Confidence;
}

/** Work that is done one element at a time on purpose; a look-up beside it is not what makes the loop slow. */
const perElementWork: readonly Effect[] = [
  "http",
  "mail",
  "command",
  "enqueue",
  "process_start",
  "process_call",
  "sleep",
  "broadcast",
  "file",
  "transaction",
];
const longestWay = 4;
/** In a function's name; a module named after pages says nothing. */
const batching = /batch|bulk|page|chunk|paginat/i;
/** Kinds of things of which an application has tens. */
const few =
  /(categories|currencies|filters|filters_list|fields|metrics|metrics_list|languages|locales|countries|roles|plans|types|kinds|weeks|months|days)$/;
const batchingModule = /Batch|Bulk|Chunk|Paginat/;
/** Repositories, tables and partitions are few, and each takes a statement of its own. */
const fewByNature = /(repos|repositories|schemas|tables|prefixes|databases|shards|replicas|partitions|adapters|queues)$/;

export function judgeQuery(site: ElementSite, work: ElementWork, answersRequest: boolean, project: Project): JudgedQuery {
  const steps = site.callee === null ? [] : traceEffect(project, site.callee, "query");
  const end = steps.at(-1)?.call ?? site.call;
  const doubtful =
    steps.length > longestWay ||
    fewByNature.test(work.over) ||
    isForOneKey(site, work) ||
    bringsItsQuery(site, work) ||
    growsMulti(work) ||
    (!answersRequest && /\.(query|query_many)!?\//.test(end) && !readsByText(site)) ||
    work.mayEndEarly ||
    ((isCalled(work) || isHiddenPreload(site, steps, work, project)) && /\.preload\//.test(end)) ||
    [site.call, ...steps.map((step) => step.caller)].some(isForBatches) ||
    work.sites.some((other) => perElementWork.includes(other.effect) && !isTask(other)) ||
    goesThroughCache(project, steps) ||
    asksOnlyWhenNotLoaded(project, steps);
  return { site, steps, confidence: doubtful ? "possible" : steps.length === 0 ? "certain" : "likely" };
}

export function surestFirst(left: JudgedQuery, right: JudgedQuery): number {
  return confidences.indexOf(left.confidence) - confidences.indexOf(right.confidence) || left.site.span.start - right.site.span.start;
}

function isForBatches(call: string): boolean {
  const [name = "", ...modules] = spoken(call).split(".").reverse();
  return batching.test(name) || modules.some((module) => batchingModule.test(module));
}

/** A view or field that somebody calls per element: who loads the list may have preloaded. */
function isCalled({ form }: ElementWork): boolean {
  return form === "rendered" || form === "field";
}

/** Tasks that are awaited only make the queries run beside each other. */
function isTask({ call }: ElementSite): boolean {
  return /^Task(\.Supervisor)?\.(async|await|yield)/.test(call);
}

/** `Postgrex.query!(connection, "SELECT …", [element])`: not the maintenance of one table after the other. */
function readsByText({ expression }: ElementSite): boolean {
  return expression.kind === "call" && expression.arguments.some((argument) => /^\s*(SELECT|WITH)\s.*\$1/is.test(stringOf(argument) ?? ""));
}

/** A function that preloads beside other things costs nothing when its caller has preloaded; one that is called to preload has no other use. */
function isHiddenPreload(site: ElementSite, steps: readonly EffectStep[], { loop, over }: ElementWork, project: Project): boolean {
  const loaded = preloadsOfSource(loop?.source ?? null);
  const asked = loaded === null ? null : preloadsAtEnd(project, steps);
  if (loaded !== null && asked !== null) return [...asked].every((name) => loaded.has(name));
  if (loop?.form === "stream" && /stream/.test(over)) return false; // rows of `Repo.stream` come without preloads
  return steps.length > 2 || (steps.length > 0 && !/preload/.test(site.call));
}

/** `Enum.map(queries, &Repo.all/1)`, `fn {field, %{query: query}} -> Repo.all(query)`: the elements are queries, each of its own. */
function bringsItsQuery({ expression, callee }: ElementSite, { loop }: ElementWork): boolean {
  if (loop === null || callee !== null || !/^(all|one|stream|aggregate|exists\?)!?$/.test(expression.function)) return false;
  if (expression.kind === "capture") return true;
  const [query] = expression.arguments;
  if (query?.kind !== "variable") return false;
  return loop.patterns.some((pattern) => collect(pattern, "variable").some(({ name }) => name === query.name));
}

/** Each row is looked up to be written in a Multi: the write is what would have to change. */
function growsMulti({ loop }: ElementWork): boolean {
  return loop !== null && collect(loop.body, "call").some(({ module }) => module === "Ecto.Multi");
}

/** Elements that are few by nature or by what is written: slow as well, and not what hurts first. */
export function isBounded({ loop, over }: ElementWork): boolean {
  return isRange(loop?.source ?? null) || few.test(over);
}

/** A map is walked and the query belongs to one of its keys: `case key do "owner" -> …`. */
function isForOneKey(site: ElementSite, { loop }: ElementWork): boolean {
  if (loop === null) return false;
  const keys = loop.patterns.flatMap((pattern) => (pattern.kind === "tuple" ? pattern.elements.slice(0, 1) : []));
  const names = keys.flatMap((key) => (key.kind === "variable" ? [key.name] : []));
  return collect(loop.body, "branch").some(
    ({ subject, clauses }) =>
      subject?.kind === "variable" &&
      names.includes(subject.name) &&
      clauses.some((clause) => contains(clause.span, site.span) && clause.patterns.some((pattern) => pattern.kind === "literal")),
  );
}
