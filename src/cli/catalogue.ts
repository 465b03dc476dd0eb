import type { CatalogueRule } from "../reply/sarif.js";
import { rules } from "../rules/registry.js";

/** The rules as scanners and lists show them. */
export function catalogue(): readonly CatalogueRule[] {
  return rules.map(({ id, title, area, severity, cwe, notWhen }) => ({
    ...{ id, title, area, severity, cwe },
    help: [`${title}.`, "Not reported when:", ...notWhen.map((reason) => `- ${reason}`)].join("\n"),
  }));
}
