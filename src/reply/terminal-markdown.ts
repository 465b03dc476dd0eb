import { wrap, type Paint } from "./terminal.js";

/** A Markdown document as it reads well in a terminal: headings bold, code indented, diffs in their colours, tables in columns. */
export function paintMarkdown(markdown: string, paint: Paint, width: number): string {
  const painted: string[] = [];
  let code: { readonly fence: string; readonly diff: boolean } | null = null;
  let table: string[] = [];
  for (const line of markdown.split("\n")) {
    const fenced: RegExpExecArray | null = /^(`{3,})(\w*)$/.exec(line);
    if (table.length > 0 && !line.startsWith("|")) {
      painted.push(...paintTable(table, paint));
      table = [];
    }
    if (code !== null) {
      if (line === code.fence) code = null;
      else painted.push(`    ${code.diff ? paintDiff(line, paint) : line}`);
    } else if (fenced !== null) code = { fence: fenced[1] ?? "", diff: fenced[2] === "diff" };
    else if (line.startsWith("|")) table.push(line);
    else painted.push(paintLine(line, paint, width));
  }
  return [...painted, ...paintTable(table, paint)].join("\n").replace(/\n{3,}/g, "\n\n");
}

function paintLine(line: string, paint: Paint, width: number): string {
  const heading = /^(#+) (.*)$/.exec(line);
  if (heading !== null)
    return paint.bold(heading[1] === "##" ? paint.underline(plain(heading[2] ?? "")) : wrap(plain(heading[2] ?? ""), width, ""));
  if (line.startsWith("> ")) return paint.yellow(wrap(plain(line.slice(2)), width, "  "));
  const bullet = /^(\s*)- (.*)$/.exec(line);
  if (bullet === null) return inline(wrap(line, width, ""), paint);
  const indent = `${bullet[1] ?? ""}    `;
  return inline(`${indent.slice(2)}• ${wrap(bullet[2] ?? "", width, indent).slice(indent.length)}`, paint);
}

function inline(text: string, paint: Paint): string {
  return text
    .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, (_, label: string, address: string) => `${label} ${paint.dim(`(${address})`)}`)
    .replace(/\*\*([^*]+)\*\*/g, (_, words: string) => paint.bold(words))
    .replace(/`([^`]+)`/g, (_, words: string) => paint.cyan(words));
}

function plain(text: string): string {
  return text.replace(/\*\*([^*]+)\*\*/g, "$1").replace(/`([^`]+)`/g, "$1");
}

function paintDiff(line: string, paint: Paint): string {
  if (/^(\+\+\+|---|@@)/.test(line)) return paint.dim(line);
  if (line.startsWith("+")) return paint.green(line);
  return line.startsWith("-") ? paint.red(line) : line;
}

function paintTable(lines: readonly string[], paint: Paint): string[] {
  const rows = lines
    .filter((line) => !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => plain(cell.trim())),
    );
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row, index) => {
    const cells = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
    return `  ${index === 0 ? paint.dim(cells) : cells}`;
  });
}
