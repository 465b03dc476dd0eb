import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";
import { lineLength } from "../pipeline.js";
import { statementAround } from "../statement.js";

/** A subscription in `mount` is made when the socket is connected, and not for the page that is sent before. */
export const subscribeWhenConnected: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  const clause = found?.definition.clauses.find(({ body }) => body === found.body);
  const socket = clause?.parameters.at(-1);
  if (text === null || found === null || found.definition.name !== "mount" || socket?.kind !== "variable") return null;
  const statement = statementAround(found.body, found.call.span, text);
  if (
    statement === null ||
    statement.isLast ||
    statement.span.start !== found.call.span.start ||
    statement.span.end !== found.call.span.end
  )
    return null;
  const written = writtenAt(text, statement.span);
  const short = `if connected?(${socket.name}), do: ${written}`;
  const { indentation } = statement;
  if (!written.includes("\n") && indentation.length + short.length <= lineLength)
    return editOf(finding, input, "Subscribe when the socket is connected", [{ span: statement.span, text: short }]);
  const inner = written.replaceAll("\n", "\n  ");
  const follows = /^\n[ \t]*\n/.test(text.slice(statement.span.end)) ? "" : "\n";
  return editOf(finding, input, "Subscribe when the socket is connected", [
    { span: statement.span, text: `if connected?(${socket.name}) do\n${indentation}  ${inner}\n${indentation}end${follows}` },
  ]);
};
