import type { Expression } from "../../model/expression.js";
import type { Location } from "../../model/project.js";
import { walk } from "../../model/walk.js";
import { moduleNameOf, optionOf } from "../values.js";

/** A place where a module stands as a supervisor's child. */
export interface Child {
  readonly module: string;
  /** `name:` of the child when it is a module: what `{Registry, name: MyApp.Registry}` is known as. */
  readonly name: string | null;
  readonly at: Location;
}

/** Modules that stand as children anywhere under an expression: list elements, tuples, `start:` maps, `child_spec` calls, `worker(…)`. */
export function childrenIn(body: Expression, path: string): Child[] {
  const children: Child[] = [];
  const add = (written: Expression | undefined, options: Expression | undefined): void => {
    const module = moduleNameOf(written);
    if (written === undefined || module === null) return;
    children.push({ module, name: moduleNameOf(optionOf(options, "name")), at: { path, span: written.span } });
  };
  walk(body, (expression) => {
    if (expression.kind === "list") for (const element of expression.elements) add(element, undefined);
    if (expression.kind === "tuple") add(expression.elements[0], expression.elements[1]);
    if (expression.kind === "map") for (const entry of expression.entries) addStart(entry.key, entry.value, add);
    if (expression.kind === "keyword") for (const entry of expression.entries) if (entry.key === "child_spec") add(entry.value, undefined);
    if (expression.kind !== "call") return;
    if (expression.function === "child_spec" && expression.module !== null && expression.module !== "Supervisor") {
      children.push({ module: expression.module, name: null, at: { path, span: expression.nameSpan } });
    } else if (expression.function === "start_child") add(expression.arguments[1], undefined);
    else if (/^(child_spec|worker|supervisor|start_supervised!?|start_link_supervised!)$/.test(expression.function)) {
      add(expression.arguments[0], expression.arguments[1]);
    }
  });
  return children;
}

function addStart(key: Expression, value: Expression, add: (written: Expression | undefined, options: undefined) => void): void {
  if (key.kind === "literal" && key.value === "start" && value.kind === "tuple") add(value.elements[0], undefined);
}
