interface LinesProps {
  readonly text: string;
  readonly isDiff: boolean;
  readonly isNumbered: boolean;
}

function diffClass(line: string): string {
  if (/^(\+\+\+|---|diff |index )/.test(line)) return "line line-file";
  if (line.startsWith("@@")) return "line line-place";
  if (line.startsWith("+")) return "line line-added";
  return line.startsWith("-") ? "line line-removed" : "line";
}

/** Code line by line, with numbers, or with a diff's colours. */
export function Lines({ text, isDiff, isNumbered }: LinesProps) {
  return (
    <pre class={isNumbered ? "code lines numbered" : "code lines"} tabIndex={0}>
      {text
        .replace(/\n$/, "")
        .split("\n")
        .map((line, index) => (
          <span key={index} class={isDiff ? diffClass(line) : "line"}>
            {line === "" ? " " : line}
            {"\n"}
          </span>
        ))}
    </pre>
  );
}
