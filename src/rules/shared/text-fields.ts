import type { Project } from "../../model/project.js";
import { perProject } from "./per-project.js";

const types = perProject((project) => {
  const areText = new Map<string, boolean>();
  for (const { fields } of project.schemas.values())
    for (const { name, type } of fields) areText.set(name, (areText.get(name) ?? true) && /^:?(string|text|citext)$/.test(type));
  return areText;
});

const tame =
  /(^|_)(ids?|slug|type|kind|status|state|url|uri|link|href|path|locale|language|lang|color|colour|format|token|hash|uuid|guid|code|currency|mime|size|count|at|on|date|time|email|phone|version|role|icon|html|key|number)$/;

/** Whether every schema that has a field of this name stores free text in it, and the name doesn't say that it holds something of a fixed form. */
export function isFreeTextField(name: string, project: Project): boolean {
  return !tame.test(name) && types(project).get(name) === true;
}
