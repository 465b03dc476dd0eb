import type { Facts } from "../../../model/facts.js";
import type { FunctionShape } from "../../../model/likeness/shapes.js";
import { shapesOf } from "../../../model/likeness/shapes.js";
import type { Project, ProjectFunction, ProjectModule } from "../../../model/project.js";
import { perProject } from "../per-project.js";
import { isProduction } from "../production.js";
import { buildOf } from "./build.js";

/** A function whose repetition would be somebody's choice, with its shape. */
export interface Repeatable {
  readonly entry: ProjectFunction;
  readonly module: ProjectModule;
  readonly shape: FunctionShape;
  /** The `mix.exs` it is built by: code of another build cannot call it. */
  readonly build: string;
}

/** What generators of Phoenix write, the same in every project and twice in one with two web applications. */
const generated =
  /(^|[/_])(core_components|error_helpers|error_tag|error_view|error_html|error_json|layout_view|layouts|gettext|telemetry|user_auth|\w+_auth|user_(session|registration|settings|confirmation|reset_password|forgot_password)\w*|users?_tokens?|changeset_view|changeset_json|fallback_controller|endpoint|router|repo)\.ex$/;
/** Descriptions of an interface: data, whose likeness is no fault. */
const described = /(^|[/_])(open_?api|swagger)\w*(\/|\.ex$)/i;
/** Names that libraries give, also where `@impl` is not written. */
const prescribed =
  /^(__\w+|init|start_link|child_spec|handle_(call|cast|info|continue|event|params|async|in|out)|terminate|code_change|mount|update|render|perform|changeset)$/;
/** Modules beside each other with one public function of a name before it is taken for what all of them have to offer. */
const fewestOfFamily = 4;

/** Functions of production code by path, generated files left out. */
export const writtenFunctions = perProject((project): readonly Repeatable[] => {
  const buildFor = buildOf(project);
  return [...project.files.values()].sort(byPath).flatMap((facts) => {
    if (!isProduction(facts.path) || generated.test(facts.path) || described.test(facts.path)) return [];
    const build = buildFor(facts.path);
    return shapesOf(facts).flatMap((shape) => {
      const module = facts.modules[shape.module];
      const written = module?.functions[shape.function];
      if (module === undefined || written === undefined || module.kind !== "module") return [];
      const entry = project.functions.get(`${module.name}.${written.name}/${written.arity}`);
      const known = project.modules.get(module.name);
      return entry?.facts === written && known !== undefined ? [{ entry, module: known, shape, build }] : [];
    });
  });
});

/** The same copy is called the first whatever order the files were read in. */
function byPath(one: Facts, other: Facts): number {
  return one.path < other.path ? -1 : 1;
}

/** Those that no callback or convention prescribes. */
export const repeatables = perProject((project): readonly Repeatable[] => {
  const isFamily = familiesOf(project);
  return writtenFunctions(project).filter(({ entry: { facts, module } }) => {
    if (facts.implements || prescribed.test(facts.name)) return false;
    return facts.visibility === "private" || !isFamily(module, facts.name, facts.arity);
  });
});

/** Whether many modules beside each other offer a function of one name: something calls it on whichever it is given. */
function familiesOf(project: Project): (module: string, name: string, arity: number) => boolean {
  const counts = new Map<string, number>();
  const keyOf = (module: string, name: string, arity: number): string => `${module.slice(0, module.lastIndexOf("."))} ${name}/${arity}`;
  for (const { name: module, facts } of project.modules.values()) {
    for (const { name, arity, visibility } of facts.functions) {
      if (visibility !== "public") continue;
      const key = keyOf(module, name, arity);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return (module, name, arity) => (counts.get(keyOf(module, name, arity)) ?? 0) >= fewestOfFamily;
}
