import { collect } from "../../model/walk.js";
import { contains } from "../../model/span.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";
import { statementAround } from "../statement.js";

/** The statement that reads a stream's rows runs in a transaction, and its value stays what it was. */
export const streamInTransaction: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  if (text === null || found === null || /\bresult\b/.test(writtenAt(text, found.definition.span))) return null;
  const statement = statementAround(found.body, found.call.span, text);
  const consumed = collect(found.body, "call").some(
    ({ module, span }) => module === "Enum" && contains(span, found.call.segment) && span.end === statement?.span.end,
  );
  if (statement === null || !statement.isLast || !consumed) return null;
  const repository = writtenAt(text, found.call.nameSpan).replace(/\.stream$/, "");
  const { indentation } = statement;
  const inner = writtenAt(text, statement.span).replaceAll("\n", "\n    ");
  const lines = ["{:ok, result} =", `  ${repository}.transaction(fn ->`, `    ${inner}`, "  end)", "", "result"];
  return editOf(finding, input, "Read the stream within a transaction", [
    { span: statement.span, text: lines.map((line, index) => (index === 0 || line === "" ? line : `${indentation}${line}`)).join("\n") },
  ]);
};
