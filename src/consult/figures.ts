import type { AuditedFinding } from "../model/audit.js";
import type { Consultation } from "../model/consultation.js";
import type { Figure } from "../model/intervention.js";
import { loopCallsOf } from "./loop-calls.js";
import { slot } from "./matter.js";

/** One line of the before/after table: figures counted from the code, N staying a symbol. */
export interface Comparison {
  readonly finding: AuditedFinding;
  readonly before: Figure;
  readonly after: Figure;
}

/** What the change does to the number of queries, calls or indexes, for each finding where the code tells it. */
export function comparisonsOf(consultation: Consultation, findings: readonly AuditedFinding[]): Comparison[] {
  return findings.flatMap((finding) => {
    const comparison = perElement(consultation, finding) ?? missingIndex(consultation, finding) ?? waitedFor(finding);
    return comparison === null ? [] : [{ finding, ...comparison }];
  });
}

type BeforeAfter = Omit<Comparison, "finding">;

function perElement(consultation: Consultation, finding: AuditedFinding): BeforeAfter | null {
  if (finding.trigger !== "n_plus_one" && finding.trigger !== "database_query_in_loop") return null;
  const written = slot(finding, "write");
  const counted = loopCallsOf(consultation.project, finding, written === null ? "query" : "write");
  const times = counted?.perElement ?? 1;
  const loadedBy = counted?.loadedBy ?? null;
  const call = code(written ?? slot(finding, "query") ?? slot(finding, "call") ?? finding.text);
  const over = code(slot(finding, "over") ?? "the list");
  const where = `${finding.place.path}:${finding.place.line}`;
  const total = `${loadedBy === null ? "" : "1 + "}${times === 1 ? "" : `${times} × `}N`;
  const first = loadedBy === null ? "" : `1 for ${code(loadedBy)}, then `;
  const each = times === 1 ? `1 ${call}` : `${times} calls such as ${call}`;
  return {
    before: {
      text: `${total} database calls: ${first}${each} for each of the N elements of ${over}`,
      value: times,
      unit: "database calls per element",
      derivation: `counted at ${where}, inside ${code(slot(finding, "loop") ?? "the loop")}; N is the number of elements of ${over}, which the code does not tell`,
    },
    after: {
      text: `${times} for all elements of ${over}, whatever N is${written === null ? "" : " (once for each chunk of a long list)"}`,
      value: times,
      unit: "database calls per list",
      derivation: `the fix of ${where} moves ${times === 1 ? "the call" : "the calls"} out of the loop`,
    },
  };
}

function missingIndex(consultation: Consultation, finding: AuditedFinding): BeforeAfter | null {
  if (finding.trigger !== "missing_indexes") return null;
  const name = slot(finding, "table");
  const column = slot(finding, "column") ?? slot(finding, "columns");
  const table = name === null ? undefined : consultation.project.database.tables.get(name);
  if (table === undefined || name === null || column === null) return null;
  const leading = table.indexes.filter((index) => index.columns[0] === column).length;
  const { migrations } = consultation.project.database;
  return {
    before: {
      text: `${leading} indexes that start with ${code(`${name}.${column}`)}: every look-up by it reads the whole table`,
      value: leading,
      unit: "indexes",
      derivation: `${migrations} migrations replayed in order; ${code(name)} ends with ${table.indexes.length} ${table.indexes.length === 1 ? "index" : "indexes"}`,
    },
    after: {
      text: `${leading + 1} index: only the matching rows are read`,
      value: leading + 1,
      unit: "indexes",
      derivation: "the index the fix adds",
    },
  };
}

function waitedFor(finding: AuditedFinding): BeforeAfter | null {
  if (finding.trigger !== "synchronous_when_should_be_async") return null;
  const call = code(slot(finding, "call") ?? finding.text.split("\n")[0] ?? finding.text);
  const where = `${finding.place.path}:${finding.place.line}`;
  return {
    before: { text: `1 call the caller waits for: ${call}`, value: 1, unit: "calls waited for", derivation: `counted at ${where}` },
    after: {
      text: "0: the work is handed over and the caller goes on",
      value: 0,
      unit: "calls waited for",
      derivation: `the fix of ${where}`,
    },
  };
}

function code(text: string): string {
  return `\`${text.replace(/\s+/g, " ").replace(/`/g, "'").trim()}\``;
}
