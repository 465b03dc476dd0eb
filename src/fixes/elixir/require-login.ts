import type { Call, Expression } from "../../model/expression.js";
import type { Project, Route } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import type { ProposeChange } from "../define.js";
import type { Edit } from "../edit.js";
import { editOf } from "../edit.js";
import { indentationAt, writtenAt } from "../find-code.js";

const routeMacros = new Set([
  "get",
  "post",
  "put",
  "patch",
  "delete",
  "head",
  "options",
  "match",
  "live",
  "resources",
  "resource",
  "forward",
]);

/**
 * Puts the pipeline that guards comparable routes on the way to an open one: on its whole scope when everything there is open,
 * else around the one route. Only where another route already goes through both together.
 */
export const requireLogin: ProposeChange = (finding, input) => {
  const { project, audit, textOf } = input.analysis;
  const path = finding.place.path;
  const text = textOf(path);
  const start = finding.location.span.start;
  const route = project.routes.find((candidate) => candidate.file === path && candidate.span.start === start);
  const guard = finding.slots["guard"];
  if (text === null || route === undefined || typeof guard !== "string") return null;
  const pipeline = pipelineOf(project, route, guard.replace(/^:/, ""));
  const scope = scopeAround(project, path, start);
  if (pipeline === null || scope === null) return null;

  const open = audit.findings.filter(
    (found) => found.rule === finding.rule && found.place.path === path && contains(scope.span, found.location.span),
  );
  const routes = routesIn(scope);
  const through = ownCalls(scope, "pipe_through")[0];
  const title = `Require \`${guard}\` for ${route.verb.toUpperCase()} \`${route.path}\``;
  if (through !== undefined && routes.every((call) => open.some((found) => found.location.span.start === call.span.start))) {
    const change = editOf(
      finding,
      input,
      title.replace(/ for .*/, ` for the whole scope of ${route.verb.toUpperCase()} \`${route.path}\``),
      [pipeThrough(through, pipeline, text)].flat(),
    );
    return change === null ? null : { ...change, findings: open.map((found) => found.fingerprint) };
  }
  const call = routes.find((candidate) => candidate.span.start === start);
  if (call === undefined) return null;
  return editOf(finding, input, title, [wrap(call, pipeline, text)]);
};

/** The pipeline with the guard that some other route goes through together with everything this route goes through. */
function pipelineOf(project: Project, route: Route, guard: string): string | null {
  const router = project.routers.find((candidate) => candidate.module === route.router);
  const guarding = [...(router?.pipelines ?? [])].filter(([, plugs]) => plugs.some((plug) => plug.name === guard)).map(([name]) => name);
  const isUsedTogether = (name: string) =>
    project.routes.some(
      (other) => other.router === route.router && [...route.pipelines, name].every((needed) => other.pipelines.includes(needed)),
    );
  return guarding.find((name) => !route.pipelines.includes(name) && isUsedTogether(name)) ?? null;
}

/** The innermost `scope … do` around an offset. */
function scopeAround(project: Project, path: string, offset: number): Call | null {
  const bodies = project.files.get(path)?.modules.flatMap((module) => module.body) ?? [];
  const scopes = bodies.flatMap((call) => collect(call, "call")).filter((call) => call.function === "scope" && call.block !== null);
  const around = scopes.filter((scope) => scope.span.start < offset && offset < scope.span.end);
  return around.sort((left, right) => left.span.end - left.span.start - (right.span.end - right.span.start))[0] ?? null;
}

function ownCalls(scope: Call, name: string): Call[] {
  return statementsOf(scope.block).filter((call) => call.function === name);
}

function routesIn(scope: Call): Call[] {
  return scope.block === null
    ? []
    : collect(scope.block, "call").filter((call) => call.module === null && call.subject === null && routeMacros.has(call.function));
}

function statementsOf(block: Expression | null): Call[] {
  const statements = block?.kind === "block" ? block.expressions : block === null ? [] : [block];
  return statements.filter((statement) => statement.kind === "call");
}

/** `pipe_through :browser` becomes `pipe_through [:browser, :members]`. */
function pipeThrough(through: Call, pipeline: string, text: string) {
  const [argument] = through.arguments;
  if (argument === undefined) return [];
  const written = writtenAt(text, argument.span);
  const inside = argument.kind === "list" ? written.replace(/^\[\s*|\s*\]$/g, "") : written;
  return [{ span: argument.span, text: `[${inside}, :${pipeline}]` }];
}

/** The route inside a scope of its own, set apart by blank lines as the formatter wants it. */
function wrap(call: Call, pipeline: string, text: string): Edit {
  const indentation = indentationAt(text, call.span.start);
  const start = call.span.start - indentation.length;
  const route = writtenAt(text, call.span).replaceAll("\n", "\n  ");
  const lines = [`scope "/" do`, `  pipe_through :${pipeline}`, "", `  ${route}`, "end"].map((line) =>
    line === "" ? "" : indentation + line,
  );
  const before = /(?:\bdo|^\s*)\n$/.test(text.slice(0, start)) || text.slice(0, start).endsWith("\n\n") ? "" : "\n";
  const after = /^\n\s*(?:\n|end\b)/.test(text.slice(call.span.end)) ? "" : "\n";
  return { span: { start, end: call.span.end }, text: `${before}${lines.join("\n")}${after}` };
}
