import type { Project } from "../../model/project.js";

/** What a rule works out once for the whole project, remembered as long as the project is. */
export function perProject<Value>(compute: (project: Project) => Value): (project: Project) => Value {
  const known = new WeakMap<Project, { value: Value }>();
  return (project) => {
    const earlier = known.get(project);
    if (earlier !== undefined) return earlier.value;
    const value = compute(project);
    known.set(project, { value });
    return value;
  };
}
