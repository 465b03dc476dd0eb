import { isCollection, isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type Node } from "yaml";
import { checkConfiguration, type Configuration, type ConfigurationFault } from "../../model/configuration.js";

export type LoadedConfiguration =
  | { readonly kind: "loaded"; readonly configuration: Configuration }
  /** Each begins with `file:line:` and ends with its remedy. */
  | { readonly kind: "faults"; readonly faults: readonly string[] };

/** Checks the text of a configuration file; `file` is the name faults are reported under. */
export function parseConfiguration(file: string, text: string): LoadedConfiguration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const written = document.errors.map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    problem: `${error.message.trim().replace(/\.$/, "")}: correct the YAML there.`,
  }));
  // After a broken structure everything below would be reported as wrong; a doubled key breaks nothing else.
  const broken = document.errors.some((error) => error.code !== "DUPLICATE_KEY");
  const values = broken ? null : valuesOf(document);
  if (values?.kind === "unreadable") written.push({ line: 1, problem: values.problem });
  const checked = values?.kind === "read" ? checkConfiguration(values.value) : null;
  if (checked?.kind === "valid" && written.length === 0) return { kind: "loaded", configuration: checked.configuration };
  const found = checked?.kind === "faulty" ? checked.faults.map((fault) => locate(document, lines, fault)) : [];
  const faults = [...written, ...found].sort((one, other) => one.line - other.line);
  return { kind: "faults", faults: faults.map(({ line, problem }) => `${file}:${line}: ${problem}`) };
}

type Values = { readonly kind: "read"; readonly value: unknown } | { readonly kind: "unreadable"; readonly problem: string };

/** The library throws for aliases that name nothing and for those that multiply without end. */
function valuesOf(document: Document): Values {
  try {
    return { kind: "read", value: document.toJS() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "unreadable", problem: `the aliases can't be followed (${reason}): write the values out, and "*" in quotes.` };
  }
}

function locate(document: Document, lines: LineCounter, fault: ConfigurationFault): { line: number; problem: string } {
  const written = [...fault.path, ...(fault.key === null ? [] : [fault.key])];
  const name = written
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .slice(1);
  const node = (fault.key === null ? null : keyOf(document, fault.path, fault.key)) ?? nearestNode(document, fault.path);
  const problem = `${name === "" ? "the file" : name} ${fault.problem}`;
  return { line: lines.linePos(node?.range?.[0] ?? 0).line, problem: /[.?]$/.test(problem) ? problem : `${problem}.` };
}

function keyOf(document: Document, path: readonly (string | number)[], key: string): Node | null {
  const holder: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(holder)) return null;
  const pair = holder.items.find((item) => isScalar(item.key) && item.key.value === key);
  return isNode(pair?.key) ? pair.key : null;
}

/** The node at a path, or the innermost one around it that exists (for what is missing). */
function nearestNode(document: Document, path: readonly (string | number)[]): Node | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node;
  }
  return isCollection(document.contents) || isNode(document.contents) ? document.contents : null;
}
