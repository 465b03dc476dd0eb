import type { AuditReport } from "../model/audit.js";
import type { Patch } from "../model/patch.js";
import type { ReplyFile } from "../model/reply.js";
import { auditMarkdown } from "./markdown.js";

/** The full report as a Markdown file. */
export function reportFile(name: string, title: string, markdown: string): ReplyFile {
  return { name: `${fileName(name)}.md`, title, content: markdown, snippetType: "markdown" };
}

export function auditFile(repository: string, report: AuditReport): ReplyFile {
  return reportFile(`guard-audit-${repository}`, `Audit of ${repository}`, auditMarkdown(report));
}

/** Patches as one file that `git apply` takes; null when there are none. */
export function patchFile(name: string, title: string, patches: readonly Patch[]): ReplyFile | null {
  if (patches.length === 0) return null;
  const content = patches.map((patch) => (patch.diff.endsWith("\n") ? patch.diff : `${patch.diff}\n`)).join("");
  return { name: `${fileName(name)}.patch`, title, content, snippetType: "diff" };
}

function fileName(text: string): string {
  return (
    text
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[-.]+|[-.]+$/g, "")
      .slice(0, 80) || "guard"
  );
}
