import type { Call, Expression } from "../../model/expression.js";
import type { Facts } from "../../model/facts.js";
import { contains, type Span } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { writtenAt } from "../find-code.js";

/** `{:error, reason}` that a transaction's function gives back becomes `Repo.rollback(reason)`; an error that a step passes on is left to a person. */
export const rollBackError: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const facts = project.files.get(finding.place.path);
  const found = facts === undefined ? null : errorIn(facts, finding.location.span);
  if (text === null || found === null) return null;
  const repository = writtenAt(text, found.transaction.nameSpan).replace(/\.transaction$/, "");
  return editOf(finding, input, "Roll back instead of giving the error to a commit", [
    { span: finding.location.span, text: `${repository}.rollback(${writtenAt(text, found.reason.span)})` },
  ]);
};

/** The reason of an error written at a place, and the transaction it is written in. */
function errorIn(facts: Facts, at: Span): { reason: Expression; transaction: Call } | null {
  const bodies = facts.modules.flatMap(({ functions }) => functions.flatMap(({ clauses }) => clauses.flatMap(({ body }) => body ?? [])));
  const body = bodies.find((candidate) => contains(candidate.span, at));
  if (body === undefined) return null;
  const written = collect(body, "tuple").find(({ span }) => span.start === at.start && span.end === at.end);
  const transaction = collect(body, "call").find((call) => call.function === "transaction" && contains(call.segment, at));
  const reason = written?.elements[1];
  return reason === undefined || transaction === undefined || written?.elements.length !== 2 ? null : { reason, transaction };
}
