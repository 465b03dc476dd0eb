import type { Expression } from "../../model/expression.js";
import type { FunctionFacts } from "../../model/facts.js";
import type { Location, Process, ProjectFunction, ProjectModule } from "../../model/project.js";
import { collect, walk } from "../../model/walk.js";
import type { Resolver } from "../calls/resolve.js";
import { moduleNameOf } from "../values.js";
import { namedChildren, processBehaviour } from "./behaviours.js";
import { childrenIn, type Child } from "./children.js";

export interface ProcessSources {
  readonly modules: ReadonlyMap<string, ProjectModule>;
  readonly functions: Iterable<ProjectFunction>;
  readonly resolverOf: (module: string) => Resolver | null;
}

/** Every process module of the project with the places that start it, under a supervisor or not; named library children too. */
export function processesOf({ modules, functions, resolverOf }: ProcessSources): Process[] {
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
    named.set(name, {
      module: name,
      behaviour,
      ...child.at,
      supervisedAt: [...(named.get(name)?.supervisedAt ?? []), child.at],
      startedAt: [],
    });
  };
  for (const { path, facts, module } of bodiesThatSupervise(modules, functions)) {
    for (const body of facts) for (const child of childrenIn(body, path)) addChild(child, module);
  }
  for (const entry of everyBody(modules)) {
    for (const { module, at } of startsIn(entry.body, entry.path)) {
      const target = expand(module, entry.module);
      if (target !== entry.module) append(started, target, at);
    }
  }
  const own = [...modules.values()].flatMap((module): Process[] => {
    const behaviour = processBehaviour(module);
    if (behaviour === null) return [];
    const location = { path: module.path, span: module.facts.nameSpan };
    const places = { supervisedAt: supervised.get(module.name) ?? [], startedAt: started.get(module.name) ?? [] };
    return [{ module: module.name, behaviour, ...location, ...places }];
  });
  return [...own, ...[...named.values()].filter((process) => !modules.has(process.module))];
}

interface SupervisingCode {
  readonly module: string;
  readonly path: string;
  readonly facts: readonly Expression[];
}

const supervisingCall = /^(start_child|start_supervised!?|start_link_supervised!|supervise|child_spec)$/;

/** Code whose lists are children: all of a module that starts or is a supervisor, functions that talk of children, and functions that start one. */
function bodiesThatSupervise(modules: ReadonlyMap<string, ProjectModule>, functions: Iterable<ProjectFunction>): SupervisingCode[] {
  const whole = new Set([...modules.values()].filter(isSupervising).map((module) => module.name));
  const attributes = [...modules.values()]
    .filter((module) => whole.has(module.name))
    .map((module) => ({
      module: module.name,
      path: module.path,
      facts: module.facts.attributes.flatMap((attribute) => (attribute.value === null ? [] : [attribute.value])),
    }));
  const bodies = [...functions]
    .filter((entry) => whole.has(entry.module) || /child|workers|specs|supervis/.test(entry.facts.name) || startsChild(entry.facts))
    .filter((entry) => entry.facts.name !== "child_spec" || whole.has(entry.module))
    .map((entry) => ({ module: entry.module, path: entry.path, facts: bodiesOf(entry.facts) }));
  const tests = [...modules.values()]
    .filter((module) => module.role === "test" || module.role === "test_support")
    .map((module) => ({
      module: module.name,
      path: module.path,
      facts: module.facts.body.flatMap((call) => collect(call, "call")).filter((call) => supervisingCall.test(call.function)),
    }));
  return [...attributes, ...bodies, ...tests];
}

function isSupervising(module: ProjectModule): boolean {
  if (module.role === "supervisor" || module.role === "application") return true;
  return module.facts.functions.some((facts) =>
    bodiesOf(facts).some((body) =>
      collect(body, "call").some((call) => call.module === "Supervisor" && /^(start_link|init)$/.test(call.function)),
    ),
  );
}

function startsChild(facts: FunctionFacts): boolean {
  return bodiesOf(facts).some((body) => collect(body, "call").some((call) => supervisingCall.test(call.function)));
}

function bodiesOf(facts: FunctionFacts): Expression[] {
  return facts.clauses.flatMap((clause) => (clause.body === null ? [] : [clause.body]));
}

function everyBody(modules: ReadonlyMap<string, ProjectModule>): { module: string; path: string; body: Expression }[] {
  return [...modules.values()].flatMap((module) =>
    [...module.facts.functions.flatMap(bodiesOf), ...module.facts.body].map((body) => ({ module: module.name, path: module.path, body })),
  );
}

/** `Worker.start_link(…)` and `GenServer.start_link(Worker, …)`. */
function startsIn(body: Expression, path: string): { module: string; at: Location }[] {
  const starts: { module: string; at: Location }[] = [];
  walk(body, (expression) => {
    if (expression.kind !== "call" || expression.module === null || !/^(start|start_link|start_monitor)$/.test(expression.function)) return;
    const at = { path, span: expression.segment };
    const given = moduleNameOf(expression.arguments[0]);
    starts.push({ module: expression.module, at });
    if (given !== null && /^(GenServer|GenStage|Supervisor|DynamicSupervisor|:gen_\w+)$/.test(expression.module))
      starts.push({ module: given, at });
  });
  return starts;
}

function append(map: Map<string, Location[]>, key: string, value: Location): void {
  const earlier = map.get(key);
  if (earlier === undefined) map.set(key, [value]);
  else earlier.push(value);
}
