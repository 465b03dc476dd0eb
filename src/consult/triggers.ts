import type { Consultation } from "../model/consultation.js";
import type { ModuleFacts } from "../model/facts.js";
import type { ProjectFunction } from "../model/project.js";
import type { Measure } from "../model/standards.js";
import { collect } from "../model/walk.js";
import { openFindings } from "./concern.js";

/** What a measure came to, and what it counted. */
interface Measured {
  readonly amount: number;
  readonly what: string;
}

/** The thresholds of `data/triggers.yml` that this review reaches, each as a sentence with the count and the threshold. */
export function thresholdsReached(consultation: Consultation): string[] {
  return consultation.standards.thresholds.thresholds.flatMap(({ name, measure, at_least: least, then }) => {
    const { amount, what } = measures[measure](consultation);
    return amount >= least ? [`${name}: ${what} (threshold ${least}${measure.endsWith("percent") ? " %" : ""}); ${then}`] : [];
  });
}

const measures: Readonly<Record<Measure, (consultation: Consultation) => Measured>> = {
  components: (consultation) => {
    const paths = new Set(
      openFindings(consultation.findings).flatMap((finding) =>
        [finding.place, ...finding.evidence.map((step) => step.place)].map((place) => place.path),
      ),
    );
    return { amount: paths.size, what: `${paths.size} files take part in the problems` };
  },
  finding_categories: (consultation) => {
    const kinds = [...new Set(openFindings(consultation.findings).map((finding) => finding.trigger))].sort();
    return { amount: kinds.length, what: `${kinds.length} kinds (${kinds.join(", ")})` };
  },
  evidence_steps: (consultation) => {
    const chains = openFindings(consultation.findings).filter((finding) => finding.trigger !== "no_tests");
    const longest = Math.max(0, ...chains.map((finding) => finding.evidence.length));
    return { amount: longest, what: `${longest} steps` };
  },
  decision_branches: (consultation) => {
    const counted = reviewedFunctions(consultation).map((found) => ({ id: found.id, branches: branchesOf(found) }));
    const most = counted.sort((left, right) => right.branches - left.branches || left.id.localeCompare(right.id))[0] ?? {
      id: "",
      branches: 0,
    };
    return { amount: most.branches, what: `${most.branches} branches in \`${most.id}\`` };
  },
  authentication_touched: (consultation) => {
    const words = consultation.standards.thresholds.authentication_words;
    const names = reviewedModules(consultation)
      .map((module) => module.name)
      .filter((name) => words.some((word) => (name.split(".").at(-1) ?? "").toLowerCase().includes(word)));
    return { amount: names.length, what: quoted(names) };
  },
  personal_or_financial_fields: (consultation) => {
    const words = consultation.standards.thresholds.personal_fields;
    const fields = [...consultation.project.schemas.values()]
      .filter((schema) => reviewedPaths(consultation).has(schema.path))
      .flatMap((schema) => schema.fields.map((field) => field.name).filter((name) => words.some((word) => name.includes(word))));
    return { amount: fields.length, what: quoted(fields) };
  },
  third_party_calls: (consultation) => {
    const callers = reviewedFunctions(consultation).filter((found) => consultation.project.effects.get(found.id)?.has("http") === true);
    return { amount: callers.length, what: quoted(callers.map((found) => found.id)) };
  },
  untested_functions_percent: (consultation) => {
    const open = reviewedFunctions(consultation).filter((found) => isCalledDirectly(found, consultation));
    const tested = new Set(consultation.project.tests.flatMap((test) => [...test.calls]));
    const untested = open.filter((found) => !tested.has(found.id));
    const percent = open.length === 0 || consultation.project.tests.length === 0 ? 0 : Math.round((100 * untested.length) / open.length);
    return { amount: percent, what: `${untested.length} of ${open.length} public functions are called by no test directly, ${percent} %` };
  },
  same_kind_repeated: (consultation) => {
    const counts = new Map<string, number>();
    for (const finding of openFindings(consultation.findings)) counts.set(finding.rule, (counts.get(finding.rule) ?? 0) + 1);
    const [rule, amount] = [...counts].sort(([left, one], [right, other]) => other - one || left.localeCompare(right))[0] ?? ["", 0];
    return { amount, what: `\`${rule}\` ${amount} times` };
  },
};

function reviewedPaths(consultation: Consultation): ReadonlySet<string> {
  return new Set(consultation.sources.map((source) => source.path));
}

function reviewedModules(consultation: Consultation): readonly ModuleFacts[] {
  return [...reviewedPaths(consultation)].flatMap((path) => consultation.project.files.get(path)?.modules ?? []);
}

function reviewedFunctions(consultation: Consultation): readonly ProjectFunction[] {
  const paths = reviewedPaths(consultation);
  return [...consultation.project.functions.values()].filter(
    (found) => paths.has(found.path) && !found.injected && !found.path.startsWith("test/"),
  );
}

function branchesOf(found: ProjectFunction): number {
  const clauses = found.facts.clauses;
  const inside = clauses.flatMap((clause) => (clause.body === null ? [] : collect(clause.body, "branch")));
  return clauses.length - 1 + inside.reduce((sum, branch) => sum + Math.max(1, branch.clauses.length), 0);
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

/** Public functions that tests call by name; controllers, migrations and callbacks are reached in other ways. */
function isCalledDirectly({ module, facts }: ProjectFunction, { project }: Consultation): boolean {
  const role = project.modules.get(module)?.role ?? "other";
  return (
    ["other", "server", "worker", "mailer"].includes(role) &&
    facts.visibility === "public" &&
    facts.kind === "function" &&
    !facts.implements
  );
}
