import type { FunctionId, Project, TestFile } from "../model/project.js";

/** Test files of a module (`MyApp.Accounts`) or function (`MyApp.Accounts.list/1`): those that call it, and for a module those named after it. */
export function testsOf(project: Project, target: string): TestFile[] {
  if (project.functions.has(target)) return project.tests.filter((test) => test.calls.has(target));
  const prefix = `${target}.`;
  return project.tests.filter(
    (test) =>
      test.modules.includes(`${target}Test`) || [...test.calls].some((id) => id.startsWith(prefix) && moduleOf(project, id) === target),
  );
}

function moduleOf(project: Project, id: FunctionId): string | undefined {
  return project.functions.get(id)?.module;
}
