import type { Call, Expression } from "../../model/expression.js";
import type { ModuleFacts } from "../../model/facts.js";
import type { Severity } from "../../model/finding.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { atomOf, bodyOf, elementsOf, moduleNameOf, optionOf, statementsOf, stringOf } from "../../project/values.js";
import { written } from "./written.js";

interface Tool {
  readonly shows: string;
  readonly severity: Severity;
}

const jobs: Tool = { shows: "reads the arguments of every job and can run, cancel and delete jobs", severity: "high" };
const mails: Tool = { shows: "reads the mails kept there: password links, invitations, names and addresses", severity: "medium" };
const administration: Tool = { shows: "can read and change stored data", severity: "critical" };
/** What such tools show, by the macro or module that mounts them. */
export const tools: Readonly<Record<string, Tool>> = {
  live_dashboard: { shows: "sees processes, their state, environment and queries, and can end processes", severity: "high" },
  observer_dashboard: { shows: "sees processes and their state, and can end them", severity: "high" },
  error_tracker_dashboard: { shows: "reads errors with the data of the requests that caused them", severity: "high" },
  oban_dashboard: jobs,
  ash_admin: administration,
  live_admin: administration,
  "Plug.Swoosh.MailboxPreview": mails,
  "Bamboo.SentEmailViewerPlug": mails,
  "Bamboo.EmailPreviewPlug": mails,
  "FunWithFlags.UI.Router": { shows: "switches features on and off for everybody", severity: "high" },
  "ExqUi.RouterPlug": jobs,
  "Wobserver.Plug": { shows: "sees processes, tables and memory of the running system", severity: "high" },
};

/** A tool for those who run the system, and what stands around the line that mounts it. */
export interface Mounted {
  readonly call: Call;
  readonly tool: string;
  readonly path: string;
  readonly pipelines: readonly string[];
  readonly hooks: readonly string[];
  /** An environment variable or the like that lets it in beside a check of the environment. */
  readonly switch: string;
}

type Around = Omit<Mounted, "call" | "tool">;

/** The tools a router mounts. */
export function mountedIn(module: ModuleFacts): Mounted[] {
  return mountedAmong(module.body, { path: "", pipelines: [], hooks: [], switch: "" }, module);
}

/** Tools mounted in lines of a router that are served in production; lines inside what can't be read are left out. */
function mountedAmong(statements: readonly Expression[], around: Around, module: ModuleFacts): Mounted[] {
  let { pipelines } = around;
  return statements.flatMap((statement): Mounted[] => {
    const within = { ...around, pipelines };
    if (statement.kind === "block") return mountedAmong(statement.expressions, within, module);
    if (statement.kind === "branch")
      return inBranch(
        statement.subject,
        statement.clauses.map(({ body }) => body),
        within,
        module,
      );
    if (statement.kind !== "call") return [];
    const outside = module.conditions.filter(({ span }) => module.body.includes(statement) && contains(span, statement.span));
    const on = outside.map(({ condition }) => switchIn(condition));
    if (on.includes(null)) return [];
    const here = { ...within, switch: on.find((found) => found !== null) ?? within.switch };
    if (statement.function === "pipe_through") {
      pipelines = [...pipelines, ...elementsOf(statement.arguments[0]).flatMap((name) => atomOf(name) ?? moduleNameOf(name) ?? [])];
      return [];
    }
    const inner = statementsOf(bodyOf(statement));
    if (statement.function === "scope") return mountedAmong(inner, { ...here, path: here.path + pathOf(statement) }, module);
    if (statement.function === "live_session")
      return mountedAmong(inner, { ...here, hooks: [...here.hooks, ...hooksOf(statement)] }, module);
    if (statement.function === "if") return inBranch(statement.arguments[0] ?? null, inner, here, module);
    const tool = toolOf(statement);
    return tool === null
      ? []
      : [{ ...here, call: statement, tool, path: here.path + pathOf(statement), hooks: [...here.hooks, ...hooksOf(statement)] }];
  });
}

function inBranch(condition: Expression | null, inner: readonly Expression[], around: Around, module: ModuleFacts): Mounted[] {
  const on = condition === null ? null : switchIn(condition);
  return on === null ? [] : mountedAmong(inner, { ...around, switch: on }, module);
}

/** In `Mix.env() == :dev || System.get_env("X")` the part that a production system may set; null when the condition keeps production out. */
function switchIn(condition: Expression): string | null {
  if (condition.kind !== "operator" || !/^(\|\||or)$/.test(condition.operator)) return null;
  const variable = condition.operands.find((operand) =>
    collect(operand, "call").some((call) => call.module === "System" && /^(get_env|fetch_env!?)$/.test(call.function)),
  );
  return variable === undefined ? null : written(collect(variable, "call")[0] ?? variable);
}

function toolOf(call: Call): string | null {
  if (call.module !== null && call.module !== "Phoenix.Router") return null;
  const name = call.function === "forward" ? (moduleNameOf(call.arguments[1]) ?? moduleNameOf(optionOf(call, "to"))) : call.function;
  return name !== null && Object.hasOwn(tools, name) ? name : null;
}

function pathOf(call: Call): string {
  const text = (stringOf(call.arguments[0]) ?? stringOf(optionOf(call, "path")) ?? "").replace(/^\/|\/$/g, "");
  return text === "" ? "" : `/${text}`;
}

function hooksOf(call: Call): string[] {
  return elementsOf(optionOf(call, "on_mount")).flatMap((hook) => moduleNameOf(hook.kind === "tuple" ? hook.elements[0] : hook) ?? []);
}
