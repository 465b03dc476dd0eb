import { readFileSync } from "node:fs";
import { join } from "node:path";
import { modelTasks } from "../../model/prompts.js";
import type { ModelTask, Prompts } from "../../model/prompts.js";

const frameworks = ["dry-principles", "trigger-patterns", "mcp-orchestration"];

/** Reads `prompts/` under `root`, frameworks in the order they are sent. Throws when a file is missing: they ship with Guard. */
export function loadPrompts(root: string): Prompts {
  const read = (...path: string[]) => readFileSync(join(root, "prompts", ...path), "utf8");
  const tasks = Object.fromEntries(modelTasks.map((task) => [task, read(`${task}.md`)])) as Record<ModelTask, string>;
  return { persona: read("persona.md"), shared: frameworks.map((name) => ({ name, text: read("shared", `${name}.md`) })), tasks };
}
