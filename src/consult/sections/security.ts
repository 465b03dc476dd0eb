import type { AuditedFinding } from "../../model/audit.js";
import type { Problem } from "../../model/intervention.js";
import type { ComposeSection } from "../matter.js";
import { claudeAdds, omitted, said } from "../matter.js";

/** The problems an attacker can use, with their CWE and what each gives away. */
export const composeSecurity: ComposeSection = (matter) => {
  const weak = matter.raised.flatMap(({ problem, finding }) => (finding !== null && isWeakness(finding) ? [{ problem, finding }] : []));
  const added = claudeAdds(matter, "security");
  if (weak.length === 0) return added === "" ? omitted("No problem with a security weakness behind it was found here.") : said(added);
  return said(weak.map(describe).join("\n"), added);
};

const weaknessTriggers = new Set(["sql_injection_risk", "missing_auth"]);

/** A CWE alone is not enough: performance and resource rules carry one too. */
function isWeakness(finding: AuditedFinding): boolean {
  return (
    finding.area === "security" ||
    weaknessTriggers.has(finding.trigger) ||
    (finding.trigger === "hardcoded_values" && finding.cwe.length > 0)
  );
}

function describe({ problem, finding }: { readonly problem: Problem; readonly finding: AuditedFinding }): string {
  const weakness = finding.cwe.map((id) => `[${id}](https://cwe.mitre.org/data/definitions/${id.replace(/\D/g, "")}.html)`).join(", ");
  return `- **${problem.id}** (${weakness === "" ? problem.severity : `${weakness}, ${problem.severity}`}) \`${problem.place.path}:${problem.place.line}\`: ${problem.consequence}`;
}
