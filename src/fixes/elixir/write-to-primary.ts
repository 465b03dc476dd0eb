import { booleanOf, optionOf } from "../../project/values.js";
import type { Project } from "../../model/project.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";

/** A write goes to the one repository of the project that writes, named in full. */
export const writeToPrimary: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  const [primary, ...others] = [...project.repositoryModules].filter((name) => !isReadOnly(project, name));
  if (text === null || found === null || found.call.module === null || primary === undefined || others.length > 0) return null;
  const { call } = found;
  const written = writtenAt(text, call.nameSpan);
  return editOf(finding, input, `Write through \`${primary}\``, [
    { span: call.nameSpan, text: `${primary}${written.slice(written.lastIndexOf("."))}` },
  ]);
};

function isReadOnly(project: Project, repository: string): boolean {
  const use = project.modules.get(repository)?.facts.uses.find(({ module }) => module === "Ecto.Repo");
  return booleanOf(optionOf(use?.options, "read_only")) === true;
}
