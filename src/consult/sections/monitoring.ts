import type { AuditedFinding } from "../../model/audit.js";
import type { Project } from "../../model/project.js";
import type { ComposeSection, Raised } from "../matter.js";
import { claudeAdds, omitted, problemNumbers, said } from "../matter.js";
import { codeBlock } from "./fence.js";
import { queryEvent } from "./telemetry.js";

/** The events this project already emits that would have shown the problems, and what to watch in them. */
export const composeMonitoring: ComposeSection = (matter) => {
  const { project } = matter.consultation;
  const parts = [queries(matter.raised, project), requests(matter.raised, project), jobs(matter.raised, project)].filter(
    (part) => part !== "",
  );
  const added = claudeAdds(matter, "monitoring");
  if (parts.length === 0) return added === "" ? omitted("No event this project emits would show these problems.") : said(added);
  return said(...parts, added);
};

const queryTriggers = new Set(["n_plus_one", "database_query_in_loop", "missing_indexes"]);

function queries(raised: readonly Raised[], project: Project): string {
  const event = queryEvent(project);
  const about = having(raised, (finding) => queryTriggers.has(finding.trigger));
  if (event === null || about.length === 0) return "";
  const name = event.map((part) => `:${part}`).join(", ");
  const watch =
    `\`[${name}]\` is emitted for every query of \`${event.repository}\`; its metadata has \`source\` (the table), \`query\` and \`stacktrace\` where that is switched on. ` +
    `For ${problemNumbers(about.map(({ problem }) => problem))} count the events per request and per \`source\`: alert when the count grows with the number of rows, or when \`total_time\` of one \`source\` rises after a release.`;
  return project.dependencies.has("telemetry_metrics") ? `${watch}\n\n${codeBlock("elixir", metrics(event))}` : watch;
}

function metrics(event: readonly string[]): string {
  const name = event.join(".");
  return [
    `counter("${name}.total_time", tags: [:source]),`,
    `summary("${name}.total_time", unit: {:native, :millisecond}, tags: [:source])`,
  ].join("\n");
}

function requests(raised: readonly Raised[], project: Project): string {
  const about = having(
    raised,
    (finding) => finding.trigger === "synchronous_when_should_be_async" || finding.trigger === "missing_error_handling",
  );
  if (about.length === 0 || !project.dependencies.has("phoenix")) return "";
  return (
    `For ${problemNumbers(about.map(({ problem }) => problem))} watch \`[:phoenix, :router_dispatch, :stop]\` by \`route\` (its \`duration\` holds the time callers wait) ` +
    "and `[:phoenix, :router_dispatch, :exception]`: alert on the first exceptions of a route that had none before the release."
  );
}

function jobs(raised: readonly Raised[], project: Project): string {
  const workers = having(raised, (finding) =>
    [...project.modules.values()].some((module) => module.role === "worker" && module.path === finding.place.path),
  );
  if (workers.length === 0 || !project.dependencies.has("oban")) return "";
  return `For ${problemNumbers(workers.map(({ problem }) => problem))} watch \`[:oban, :job, :exception]\` by \`worker\`: alert when a job is discarded, because nobody retries it then.`;
}

function having(raised: readonly Raised[], matches: (finding: AuditedFinding) => boolean): Raised[] {
  return raised.filter(({ finding }) => finding !== null && matches(finding));
}
