import type { Expression } from "../../model/expression.js";
import { outlineOfBody, outlineOfClause, type Outline, type OutlinedCall } from "../../model/outline.js";
import type { ConfigurationEntry, Location, Process, ProjectFunction, ProjectModule } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import type { Resolver } from "../calls/resolve.js";
import { namedChildren, processBehaviour } from "./behaviours.js";
import { childrenIn, type Child } from "./children.js";

export interface ProcessSources {
  readonly modules: ReadonlyMap<string, ProjectModule>;
  readonly functions: Iterable<ProjectFunction>;
  readonly configuration: readonly ConfigurationEntry[];
  readonly resolverOf: (module: string) => Resolver | null;
}

/** Every process module of the project with the places that start it, under a supervisor or not; named library children too. */
export function processesOf({ modules, functions, configuration, resolverOf }: ProcessSources): Process[] {
  const supervised = new Map<string, Location[]>();
  const started = new Map<string, Location[]>();
  const named = new Map<string, Process>();
  const expand = (name: string, from: string): string => resolverOf(from)?.expand(name) ?? name;
  const addChild = (child: Child, owner: string): void => {
    const module = expand(child.module, owner);
    append(supervised, module, child.at);
    const behaviour = namedChildren.get(module);
    if (behaviour === undefined || child.name === null) return;
    const name = expand(child.name, owner);
    const supervisedAt = [...(named.get(name)?.supervisedAt ?? []), child.at];
    named.set(name, { module: name, behaviour, ...child.at, supervisedAt, startedAt: [], handedOnAt: [] });
  };
  const code = codeOf(modules, functions);
  for (const part of supervisingCode(modules, code)) for (const child of childrenIn(part.body, part.path)) addChild(child, part.module);
  const handedOn = new Map<string, Location[]>();
  for (const { value, path } of configuration)
    for (const { name, span } of collect(value, "module")) append(handedOn, name, { path, span });
  for (const { module, path, outline, starts } of code) {
    if (outline.modules.length > 0 && !/(^|\/)test\//.test(path)) {
      for (const { name, span } of outline.modules) {
        const target = expand(name, module);
        if (target !== module) append(handedOn, target, { path, span });
      }
    }
    for (const call of starts) {
      const start = startedBy(call);
      const target = start === null ? module : expand(start, module);
      if (target !== module) append(started, target, { path, span: call.span });
    }
  }
  const own = [...modules.values()].flatMap((module): Process[] => {
    const behaviour = processBehaviour(module);
    if (behaviour === null) return [];
    const at = { path: module.path, span: module.facts.nameSpan };
    const placesIn = (places: ReadonlyMap<string, Location[]>): readonly Location[] => places.get(module.name) ?? [];
    const starts = { supervisedAt: placesIn(supervised), startedAt: placesIn(started), handedOnAt: placesIn(handedOn) };
    return [{ module: module.name, behaviour, ...at, ...starts }];
  });
  return [...own, ...[...named.values()].filter((process) => !modules.has(process.module))];
}

/** One piece of code with what starts processes in it. */
interface Code {
  readonly module: string;
  readonly path: string;
  /** The function it is the body of; null for code in a module's body. */
  readonly name: string | null;
  readonly parts: () => readonly Expression[];
  readonly outline: Outline;
  /** Those of its calls that may start a process. */
  readonly starts: Outline["calls"];
}

function codeOf(modules: ReadonlyMap<string, ProjectModule>, functions: Iterable<ProjectFunction>): Code[] {
  const code: Code[] = [];
  for (const { module, path, facts } of functions) {
    for (const clause of facts.clauses) {
      const outline = outlineOfClause(clause);
      const parts = (): readonly Expression[] => (clause.body === null ? [] : [clause.body]);
      code.push({ module, path, name: facts.name, parts, outline, starts: startsIn(outline.calls) });
    }
  }
  for (const { name, path, facts } of modules.values()) {
    const outline = outlineOfBody(facts);
    const starts = startsIn(outline.distinct).length > 0 ? startsIn(outline.calls) : none;
    code.push({ module: name, path, name: null, parts: () => facts.body, outline, starts });
  }
  return code;
}

/** Calls that may start a process: there are few, among tens of thousands. */
function startsIn(calls: Outline["calls"]): Outline["calls"] {
  let found: OutlinedCall[] | null = null;
  for (const call of calls) if (call.kind === "call" && mayStart.has(call.function)) (found ??= []).push(call);
  return found ?? none;
}

function startsChild(call: { readonly kind: string; readonly function: string }): boolean {
  return call.kind === "call" && supervisingCalls.has(call.function);
}

const none: Outline["calls"] = [];
const startingCalls = new Set(["start", "start_link", "start_monitor"]);
const supervisingCalls = new Set(["start_child", "start_supervised", "start_supervised!", "start_link_supervised!", "supervise"]);
const mayStart = new Set([...startingCalls, ...supervisingCalls, "init"]);

/** Code whose lists are children: all of a module that is or starts a supervisor, functions named after children, and calls that start one. */
function supervisingCode(
  modules: ReadonlyMap<string, ProjectModule>,
  code: readonly Code[],
): { module: string; path: string; body: Expression }[] {
  const supervising = new Set<string>();
  for (const { name, role } of modules.values()) if (role === "supervisor" || role === "application") supervising.add(name);
  for (const { module, starts } of code) {
    if (starts.some((call) => call.module === "Supervisor" && (call.function === "start_link" || call.function === "init")))
      supervising.add(module);
  }
  const attributes = [...modules.values()]
    .filter((module) => supervising.has(module.name))
    .flatMap(({ name, path, facts }) =>
      facts.attributes.flatMap(({ value }) => (value === null ? [] : [{ module: name, path, body: value }])),
    );
  const bodies = code.flatMap((part) => {
    const starts = part.starts.some(startsChild);
    const speaks = part.name !== null && part.name !== "child_spec" && /child|workers|supervis|_specs?$/.test(part.name);
    if (!starts && !speaks && (part.name === null || !supervising.has(part.module))) return [];
    if (!mayNameChild(part.outline)) return [];
    const whole = part.parts();
    const bodies = part.name === null ? whole.flatMap((body) => collect(body, "call")).filter(startsChild) : whole;
    return bodies.map((body) => ({ module: part.module, path: part.path, body }));
  });
  return [...attributes, ...bodies];
}

/** A child is a module's name somewhere, or the module of `Worker.child_spec(…)`: code without either is not read. */
function mayNameChild({ modules, calls }: Outline): boolean {
  return modules.length > 0 || calls.some((call) => call.function === "child_spec");
}

/** `Worker.start_link(…)` and `GenServer.start_link(Worker, …)`. */
function startedBy({ module, function: name, details }: OutlinedCall): string | null {
  if (module === null || !startingCalls.has(name)) return null;
  const given = details?.started ?? null;
  const generic = given !== null && /^(GenServer|GenStage|Supervisor|DynamicSupervisor|:gen_\w+)$/.test(module);
  return generic ? given : module;
}

function append(map: Map<string, Location[]>, key: string, value: Location): void {
  const earlier = map.get(key);
  if (earlier === undefined) map.set(key, [value]);
  else earlier.push(value);
}
