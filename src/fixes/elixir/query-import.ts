import type { Project } from "../../model/project.js";
import { contains, type Span } from "../../model/span.js";
import type { Edit } from "../edit.js";
import { indentationAt } from "../find-code.js";

/** What lets a module write `from`: nothing where it imports Ecto.Query already, a line below its head otherwise; null where its own `from` would clash. */
export function queryImport(project: Project, path: string, span: Span, text: string): readonly Edit[] | null {
  const holding = (project.files.get(path)?.modules ?? []).filter((module) => contains(module.span, span));
  const facts = holding.sort((one, other) => one.span.end - one.span.start - (other.span.end - other.span.start))[0];
  if (facts === undefined || facts.functions.some(({ name }) => name === "from")) return null;
  if (project.modules.get(facts.name)?.imports.has("Ecto.Query") === true) return [];
  const end = text.indexOf("\n", facts.nameSpan.end);
  if (end === -1 || !/\bdo\s*$/.test(text.slice(facts.nameSpan.end, end))) return null;
  const indentation = `${indentationAt(text, facts.span.start)}  `;
  return [{ span: { start: end + 1, end: end + 1 }, text: `${indentation}import Ecto.Query, only: [from: 2]\n` }];
}
