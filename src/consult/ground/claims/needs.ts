import { contains } from "../../../model/span.js";
import type { Span } from "../../../model/span.js";
import type { ProjectFunction } from "../../../model/project.js";
import { loopsIn } from "../../../project/loops-in.js";
import type { Judged, Refute } from "./claim.js";

/** A kind of fault and what code must hold for it to be there at all. */
interface Need {
  readonly fault: RegExp;
  readonly needs: RegExp;
  readonly what: string;
}

const needs: readonly Need[] = [
  {
    fault: /\bSQL injection|\binject(?:s|ed)? SQL\b/i,
    needs: /#\{|<>|fragment\(|unsafe_fragment|\bliteral\(/,
    what: "no SQL made of values",
  },
  {
    fault: /\batoms? (?:table|exhaustion|leak)|\bexhausts? (?:the )?atoms?|\bcreates? (?:an? )?atoms?\b/i,
    needs: /to_atom|keys:\s*:atoms|binary_to_term|:"[^"]*#\{|binary_to_atom|list_to_atom/,
    what: "nothing that makes atoms",
  },
  {
    fault: /\bXSS\b|cross-site scripting|\bunescaped HTML/i,
    needs: /\braw\b|\{:safe|html_safe|send_resp|\bhtml\(|innerHTML|Phoenix\.HTML/,
    what: "nothing that writes raw HTML",
  },
  {
    fault: /\bcommand injection|\bshell (?:injection|command)|\bremote code execution/i,
    needs: /System\.(?:cmd|shell)|:os\.cmd|Port\.open|Code\.(?:eval|compile)|binary_to_term/,
    what: "nothing that runs a command",
  },
  {
    fault: /\bpath traversal|\bdirectory traversal|\barbitrary files?\b/i,
    needs: /\bFile\.|\bPath\.|send_file|send_download|:file\./,
    what: "nothing that touches files",
  },
  { fault: /\bopen redirect/i, needs: /\bredirect/, what: "no redirect" },
  { fault: /\bhard-?coded\b/i, needs: /"[^"]+"|'[^']+'|\d{2,}|@\w+/, what: "no literal" },
  { fault: /\bsleeps?\b|\bProcess\.sleep/i, needs: /sleep|:timer\./, what: "no sleep" },
  {
    fault:
      /\b(?:logs?|logged|prints?|printed)\b.{0,40}\b(?:passwords?|secrets?|tokens?|e-?mails?|credentials?)|\b(?:passwords?|secrets?|tokens?|credentials?)\b.{0,40}\b(?:logged|printed)/i,
    needs: /Logger\.|IO\.(?:inspect|puts)|dbg\(|Sentry|:telemetry/,
    what: "nothing that logs",
  },
  { fault: /\bmass[ -]assign/i, needs: /\bcast\(|\bstruct!?\(|\bchange\(|insert_all|update_all|Map\.merge/, what: "no cast" },
  { fault: /\bdeadlocks?\b/i, needs: /GenServer|Agent|Repo\.|transaction|lock|call\(|receive/, what: "nothing that waits for another" },
  {
    fault: /\bleaks? (?:the |a |an )?(?:file|socket|port|handle|descriptor)/i,
    needs: /File\.(?:open|stream)|:gen_tcp|:file\.|Port\.open|open\(|connect\(/,
    what: "nothing that is opened",
  },
  {
    fault: /\bloads? (?:the (?:whole|entire) table|all (?:\w+ )?(?:rows|records)|every row)/i,
    needs: /\.all\b|\.stream\b|get_all|list_|\ball\(|query/i,
    what: "no query for many rows",
  },
  { fault: /\bsends? (?:an? |the )?(?:e-?mail|mail)/i, needs: /mail|deliver|notif|Swoosh|Bamboo/i, what: "nothing that mails" },
  { fault: /\b(?:eval|evaluates?) (?:code|input|user)/i, needs: /Code\.|eval/, what: "nothing that evaluates code" },
];

/** Claims of a fault whose cause stands nowhere in the function, nor in what it calls. */
export const needRefutations: readonly Refute[] = [...needs.map(createRefutation), inLoop];

function createRefutation({ fault, needs: needed, what }: Need): Refute {
  return (claim) => {
    if (claim.path === "" || !fault.test(claim.text)) return null;
    return needed.test(claim.reached) || needed.test(claim.quote) ? null : `${claim.around?.id ?? claim.path} holds ${what}`;
  };
}

const perElement =
  /\bN ?\+ ?1\b|\bin (?:a|the|its) loop\b|\binside (?:a|the) loop\b|\bper element\b|\b(?:once|one query|a query|queries) (?:for each|for every|per) \w+\b(?<!per (?:request|call|page|job))/i;

/** What is said to run once for each element stands in a loop, or is called from one. */
function inLoop(claim: Judged): string | null {
  const { around, path, lines, consultation } = claim;
  if (around === null || lines === null || !perElement.test(claim.text)) return null;
  const { project } = consultation;
  const starts = project.files.get(path)?.lineStarts ?? [];
  const span = { start: starts[lines.line - 1] ?? 0, end: (starts[lines.endLine] ?? Number.MAX_SAFE_INTEGER) - 1 };
  if (touchesLoop(around, span) || isRecursive(claim)) return null;
  const callers = (project.callers.get(around.id) ?? []).flatMap(({ caller, span: site }) => {
    const found = project.functions.get(caller);
    return found === undefined ? [] : [touchesLoop(found, site)];
  });
  if (callers.includes(true)) return null;
  return `${around.id} holds no loop there, and nothing calls it in one`;
}

function touchesLoop(found: ProjectFunction, span: Span): boolean {
  return found.facts.clauses.some(({ body }) =>
    body === null
      ? false
      : loopsIn(body).some((loop) => contains(loop.span, span) || contains(span, loop.span) || overlaps(loop.span, span)),
  );
}

function overlaps(one: Span, other: Span): boolean {
  return one.start < other.end && other.start < one.end;
}

function isRecursive({ around, consultation }: Judged): boolean {
  return around !== null && (consultation.project.calls.get(around.id) ?? []).some(({ callee }) => callee === around.id);
}
