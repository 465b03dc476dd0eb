import type { Branch, Clause, Expression } from "../../model/expression.js";
import { append, childIn, operatorOf, spanOf } from "../nodes.js";
import type { SyntaxNode } from "../../model/syntax.js";
import type { NamedForm, Section } from "./forms.js";
import { readGuarded, sectionClauses } from "./clauses.js";
import type { Reader } from "./reader.js";
import { readOr } from "./reader.js";

/** `if`, `unless`, `case`, `cond`, `receive` and `try`; a piped value is the subject. */
export function readBranch(reader: Reader, form: NamedForm, kind: Exclude<Branch["form"], "with">): Branch {
  const [first] = form.parts.positional;
  const subject = form.piped?.first ?? (first === undefined ? null : reader.read(first));
  const clauses: Clause[] = [];
  for (const section of form.parts.sections) append(clauses, sectionClauses(reader, section, arrowRole(kind, section)));
  const span = form.piped?.span ?? spanOf(form.node);
  return { kind: "branch", form: kind, subject, steps: [], clauses, span, nameSpan: form.nameSpan };
}

/** `with`: arrows and plain expressions in order, then its body and its else clauses. */
export function readWith(reader: Reader, form: NamedForm): Branch {
  const { aliases } = reader;
  const steps = form.parts.positional.map((node) => readStep(reader, node));
  const clauses: Clause[] = [];
  for (const section of form.parts.sections) append(clauses, sectionClauses(reader, section, section.role));
  reader.aliases = aliases;
  return { kind: "branch", form: "with", subject: null, steps, clauses, span: spanOf(form.node), nameSpan: form.nameSpan };
}

/** A function body with its own rescue, catch, else or after. */
export function readTryBody(reader: Reader, sections: readonly Section[]): Branch {
  const clauses: Clause[] = [];
  for (const section of sections) append(clauses, sectionClauses(reader, section, arrowRole("try", section)));
  const first = sections[0];
  const nameSpan = first?.keyword ?? { start: 0, end: 0 };
  const end = clauses.reduce((furthest, clause) => Math.max(furthest, clause.span.end), nameSpan.end);
  return { kind: "branch", form: "try", subject: null, steps: [], clauses, span: { start: nameSpan.start, end }, nameSpan };
}

function arrowRole(kind: Branch["form"], section: Section): Clause["role"] {
  return section.role === "do" && kind !== "try" ? "clause" : section.role;
}

function readStep(reader: Reader, node: SyntaxNode): Branch["steps"][number] {
  if (node.type !== "binary_operator" || operatorOf(node) !== "<-") {
    return { pattern: null, guard: null, value: reader.read(node), binds: false };
  }
  const left = childIn(node, "left");
  const value: Expression = readOr(reader, childIn(node, "right"), node.end);
  if (left === null) return { pattern: null, guard: null, value, binds: true };
  return { ...readGuarded(reader, left), value, binds: true };
}
