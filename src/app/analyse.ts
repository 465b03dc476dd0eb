import type { Advisory } from "../model/advisories.js";
import type { Analysis, AuditedFinding } from "../model/audit.js";
import type { Checklist } from "../model/checklist.js";
import type { Decision } from "../model/decision.js";
import type { Coverage } from "../model/coverage.js";
import type { Facts } from "../model/facts.js";
import type { Clock } from "../model/ports.js";
import type { Project } from "../model/project.js";
import { placeOf } from "../model/span.js";
import { isLockFile, isSourcePath, type SourceTree, type TreeEntry } from "../model/tree.js";
import type { EffectVocabulary } from "../model/vocabulary.js";
import { joinProject } from "../project/join.js";
import type { Rule } from "../rules/define.js";
import { describeFinding } from "../rules/describe.js";
import { runRules } from "../rules/run.js";
import { applyDecisions } from "./apply-decisions.js";
import { changedSince } from "./changed-since.js";
import { checkProject } from "./checklist.js";
import { collectFacts, recallFacts, type FactsOptions, type FactsPorts } from "./collect-facts.js";
import { readSources } from "./read-sources.js";
import { findServiceFiles } from "./service-files.js";
import { createStopwatch } from "./stopwatch.js";
import { createTextOf } from "./text-of.js";

export interface AnalysisPorts extends FactsPorts {
  readonly vocabulary: EffectVocabulary;
  readonly checklist: Checklist;
  /** Asked only where a project locks versions. */
  readonly advisories?: () => Promise<readonly Advisory[]>;
  readonly clock: Clock;
}

export interface AnalysisOptions extends FactsOptions {
  /** Decisions in force for the repository. */
  readonly decisions?: readonly Decision[];
  /** Rules to run; all when absent. */
  readonly rules?: readonly Rule[];
  /** Only findings in files that differ from this older tree. */
  readonly since?: SourceTree;
  /** Only findings in these files. */
  readonly paths?: ReadonlySet<string>;
  /** An export of what ran while the tests ran. */
  readonly coverage?: Coverage;
}

/** The whole project behind one tree: facts joined, rules run, decisions applied. Rejects with the signal's reason when aborted. */
export async function analyse(tree: SourceTree, ports: AnalysisPorts, options: AnalysisOptions = {}): Promise<Analysis> {
  const { report, signal } = options;
  const stopwatch = createStopwatch(ports.clock);
  report?.({ step: "list", done: 0, total: null });
  const isWanted = (path: string): boolean => isSourcePath(path) || isLockFile(path) || isDatabaseDump(path);
  const entries = (await tree.list(isWanted)).filter(({ path }) => isWanted(path));
  const sources = [...entries.filter(isSource), ...(await findServiceFiles(tree, entries, ports.vocabulary.libraries, signal))];
  const chosen = options.since === undefined ? (options.paths ?? null) : await changedSince(sources, options.since);
  const listMs = stopwatch.lap();

  const recalled = await recallFacts(tree, sources, ports, options);
  const dumps = await readSources(
    tree,
    entries.filter(({ path }) => isDatabaseDump(path)),
    signal,
  );
  const textOf = createTextOf(tree, recalled);
  const readMs = stopwatch.lap();

  const facts = await collectFacts(recalled, ports, options);
  const parseMs = stopwatch.lap();

  report?.({ step: "join", done: 0, total: null });
  const structureSql = dumps.sources.map(({ entry, text }) => ({ path: entry.path, text }));
  const locksVersions = sources.some(({ path }) => isLockFile(path));
  const advisories = (locksVersions ? await ports.advisories?.() : undefined) ?? [];
  const given = { structureSql, advisories, ...(options.coverage === undefined ? {} : { coverage: options.coverage }) };
  const project = joinProject(facts, ports.vocabulary, given);
  await ports.nextTurn();
  signal?.throwIfAborted();
  const joinMs = stopwatch.lap();

  report?.({ step: "rules", done: 0, total: null });
  const { findings, ignored } = judge(project, textOf, chosen, options);
  const checklist = checkProject(project, textOf, ports.checklist);
  const rulesMs = stopwatch.lap();

  const timing = { listMs, readMs, parseMs, joinMs, rulesMs, totalMs: stopwatch.total(), cachedFiles: recalled.remembered.size };
  const counted = facts.filter(({ path }) => !isLockFile(path));
  const audit = {
    ...{ root: tree.root, commit: tree.commit, filesRead: counted.length, filesSkipped: recalled.read.skipped },
    ...{
      lines: counted.reduce((sum, { lines }) => sum + lines, 0),
      filesDamaged: damagedFiles(facts),
      findings,
      ignored,
      checklist,
      timing,
    },
  };
  const rejoin = (changed: readonly Facts[]) => joinProject(withChanged(facts, changed), ports.vocabulary, given);
  return { project, audit, textOf, rejoin };
}

function withChanged(facts: readonly Facts[], changed: readonly Facts[]): readonly Facts[] {
  return [...new Map([...facts, ...changed].map((file) => [file.path, file])).values()];
}

function judge(
  project: Project,
  textOf: (path: string) => string | null,
  chosen: ReadonlySet<string> | null,
  options: AnalysisOptions,
): { findings: AuditedFinding[]; ignored: Analysis["audit"]["ignored"] } {
  const run = runRules(project, textOf, {
    ...(options.rules === undefined ? {} : { rules: options.rules }),
    ...(chosen === null ? {} : { paths: [...project.files.keys()].filter((path) => chosen.has(path)) }),
  });
  return { findings: applyDecisions(run.findings.map(describeFinding), options.decisions ?? [], project, textOf), ignored: run.ignored };
}

function damagedFiles(facts: readonly Facts[]): Analysis["audit"]["filesDamaged"] {
  return facts
    .filter(({ damage }) => damage.length > 0)
    .map(({ path, lineStarts, damage }) => ({ path, places: damage.map((span) => placeOf(path, lineStarts, span)) }));
}

function isSource({ path }: TreeEntry): boolean {
  return isSourcePath(path) || isLockFile(path);
}

/** The dump Ecto writes with `mix ecto.dump`: the schema before the first migration that is kept. */
function isDatabaseDump(path: string): boolean {
  return /(^|\/)priv\/([^/]+\/)*structure\.sql$/.test(path);
}
