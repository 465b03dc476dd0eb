/** A name that a sentence gives to something in code. */
export type Mention =
  | { readonly kind: "file"; readonly written: string; readonly path: string; readonly line: number | null }
  | { readonly kind: "module"; readonly written: string; readonly module: string }
  | {
      readonly kind: "function";
      readonly written: string;
      readonly module: string | null;
      readonly name: string;
      /** Null where it is called or named without one. */
      readonly arity: number | null;
      /** Written in the midst of code, where a name may also be a variable or a macro's own word. */
      readonly inCode: boolean;
    }
  /** A key given to a library's function: `Repo.all(query, timeout: 5)`. */
  | { readonly kind: "option"; readonly written: string; readonly callee: string; readonly name: string }
  /** Any other word inside a code span. */
  | { readonly kind: "word"; readonly written: string; readonly word: string };

const file = /(?<![\w/.])((?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:exs?|heex|eex|leex|py|[jt]sx?|mjs|lock))(?::(\d+))?(?!\w)/g;
const qualified = /(?<![\w.:@/#])(:[a-z_]\w*|[A-Z]\w*(?:\.[A-Z]\w*)*)(?:\.([a-z_]\w*[?!]?))?(?:\/(\d+))?/g;
const local = /(?<![\w.:@/%])([a-z_]\w*[?!]?)(?:\/(\d+)|\()/g;
const codeSpan = /```[\w-]*\n?([\s\S]*?)```|`([^`\n]+)`/g;

/** Everything a sentence names: in code spans any word, outside them what can only be code (`Shop.Orders`, `list/1`, a file). */
export function mentionsIn(sentence: string): Mention[] {
  const spans = [...sentence.matchAll(codeSpan)].map(([, block, inline]) => (block ?? inline ?? "").trim());
  return [...spans.flatMap(inCode), ...inProse(sentence.replace(codeSpan, " "))];
}

/** What a piece of code names, strings and comments aside. */
export function inCode(span: string): Mention[] {
  const files = filesIn(span);
  const code = withoutText(span.replace(file, " "));
  const names = [...qualifiedIn(code, true), ...localsIn(code, true)];
  const named = new Set(names.flatMap((mention) => (mention.kind === "function" ? [mention.name] : [])));
  const words = [...code.matchAll(/(?<![\w:@])[a-z_]\w*[?!]?/g)].map(([word]) => word).filter((word) => !named.has(word));
  const atoms = [...code.matchAll(/(?<![\w:])[:@]([a-z_]\w*[?!]?)/g)].flatMap(([, atom]) => atom ?? []);
  return [
    ...files,
    ...names,
    ...optionsIn(code),
    ...[...new Set([...words, ...atoms])].map((word): Mention => ({ kind: "word", written: span, word })),
  ];
}

function inProse(prose: string): Mention[] {
  const dotted = qualifiedIn(prose.replace(file, " "), false).filter(
    (mention) => mention.kind === "function" || (mention.kind === "module" && mention.module.includes(".")),
  );
  const slashed = localsIn(prose.replace(file, " "), false).filter((mention) => mention.kind === "function" && mention.arity !== null);
  return [...filesIn(prose), ...dotted, ...slashed];
}

function filesIn(text: string): Mention[] {
  return [...text.matchAll(file)].map(([written, path, line]) => ({
    kind: "file",
    written,
    path: path ?? "",
    line: line === undefined ? null : Number(line),
  }));
}

function qualifiedIn(code: string, isCode: boolean): Mention[] {
  return [...code.matchAll(qualified)].flatMap(([written, module = "", name, arity]): Mention[] => {
    if (module.startsWith(":") && name === undefined) return [];
    if (name === undefined) return [{ kind: "module", written: module, module }];
    return [{ kind: "function", written, module, name, arity: arity === undefined ? null : Number(arity), inCode: isCode }];
  });
}

function localsIn(code: string, isCode: boolean): Mention[] {
  return [...code.matchAll(local)].map(([written, name = "", arity]) => ({
    kind: "function",
    written: written.replace(/\($/, ""),
    module: null,
    name,
    arity: arity === undefined ? null : Number(arity),
    inCode: isCode,
  }));
}

function optionsIn(code: string): Mention[] {
  return [...code.matchAll(/([A-Z]\w*(?:\.[A-Z]\w*)*\.[a-z_]\w*[?!]?)\(([^()]*)\)/g)].flatMap(([written, callee = "", given = ""]) =>
    [...given.matchAll(/(?:^|,)\s*([a-z_]\w*):\s/g)].map(([, name = ""]): Mention => ({ kind: "option", written, callee, name })),
  );
}

/** Strings, sigils and comments hold no names; what is interpolated into them does. */
function withoutText(code: string): string {
  return code
    .replace(/"(?:[^"\\]|\\.)*"/g, (text) => [...text.matchAll(/#\{([^}]*)\}/g)].map(([, inner]) => ` ${inner} `).join(" "))
    .replace(/#(?!\{).*$/gm, " ");
}
