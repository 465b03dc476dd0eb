import * as z from "zod";

/** How often each line of a file ran while the tests ran, by 1-based line; lines that hold no code are absent. */
export type LineRuns = ReadonlyMap<number, number>;

/** Line runs by the file's name as the export gives it. */
export type Coverage = ReadonlyMap<string, LineRuns>;

/** What `mix coveralls.json` writes: a number or null for each line of a file. */
const Excoveralls = z.object({
  source_files: z.array(z.object({ name: z.string().min(1), coverage: z.array(z.number().int().nonnegative().nullable()) })),
});

/** Reads an export of excoveralls (JSON) or of lcov (`SF:`, `DA:`); null when it is neither or names no file. */
export function parseCoverage(text: string): Coverage | null {
  const coverage = /^\s*\{/.test(text) ? parseExcoveralls(text) : parseLcov(text);
  return coverage === null || coverage.size === 0 ? null : coverage;
}

function parseExcoveralls(text: string): Coverage | null {
  const parsed = Excoveralls.safeParse(jsonOf(text));
  if (!parsed.success) return null;
  return new Map(
    parsed.data.source_files.map(({ name, coverage }) => [
      name,
      new Map(coverage.flatMap((runs, index) => (runs === null ? [] : [[index + 1, runs] as const]))),
    ]),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function parseLcov(text: string): Coverage {
  const files = new Map<string, Map<number, number>>();
  let lines: Map<number, number> | null = null;
  for (const record of text.split(/\r?\n/)) {
    const [, name] = /^SF:(.+)$/.exec(record) ?? [];
    if (name !== undefined) {
      lines = files.get(name) ?? new Map<number, number>();
      files.set(name, lines);
      continue;
    }
    const [, line, runs] = /^DA:(\d+),(\d+)/.exec(record) ?? [];
    if (line !== undefined && runs !== undefined) lines?.set(Number(line), (lines.get(Number(line)) ?? 0) + Number(runs));
    if (record === "end_of_record") lines = null;
  }
  return files;
}
