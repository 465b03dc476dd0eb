import type { Expression } from "../../model/expression.js";
import type { NamedForm } from "./forms.js";
import { readLoop } from "./comprehensions.js";
import { readBranch, readWith } from "./control-flow.js";
import { readDirective, readNestedDefinition, readNestedModule } from "./directives.js";
import type { Reader } from "./reader.js";

/** What the language gives a meaning of its own (`if`, `case`, `for`, `alias`, `defmodule`, …); null for everything else. */
export function readSpecialForm(reader: Reader, form: NamedForm): Expression | null {
  switch (form.name) {
    case "if":
    case "unless":
    case "case":
    case "cond":
    case "receive":
    case "try":
      return form.parts.sections.length === 0 ? null : readBranch(reader, form, form.name);
    case "with":
      return form.parts.sections.length === 0 || form.piped !== null ? null : readWith(reader, form);
    case "for":
      return form.parts.sections.length === 0 || form.piped !== null ? null : readLoop(reader, form);
    case "alias":
    case "require":
    case "import":
    case "use":
      return form.piped !== null ? null : readDirective(reader, form);
    case "defmodule":
    case "defprotocol":
    case "defimpl":
      return reader.quoted ? null : readNestedModule(reader, form);
    case "def":
    case "defp":
    case "defmacro":
    case "defmacrop":
      return reader.quoted ? null : readNestedDefinition(reader, form);
    default:
      return null;
  }
}
