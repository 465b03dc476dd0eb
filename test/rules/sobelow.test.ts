import { describe, expect, it } from "vitest";
import { rules } from "../../src/rules/registry.js";

/**
 * The checks of Sobelow 0.15 that look at code. Left out: `Misc.FilePath`, which reports nothing, and `Vuln.*`, which
 * name releases of four packages from 2017 and 2018.
 */
const checks = [
  "Config.CSP",
  "Config.CSRF",
  "Config.CSRFRoute",
  "Config.CSWH",
  "Config.HSTS",
  "Config.HTTPS",
  "Config.Headers",
  "Config.Secrets",
  "CI.OS",
  "CI.System",
  "DOS.BinToAtom",
  "DOS.ListToAtom",
  "DOS.StringToAtom",
  "Misc.BinToTerm",
  "RCE.CodeModule",
  "RCE.EEx",
  "SQL.Query",
  "SQL.Stream",
  "Traversal.FileModule",
  "Traversal.SendDownload",
  "Traversal.SendFile",
  "XSS.ContentType",
  "XSS.HTML",
  "XSS.Raw",
  "XSS.SendResp",
];

describe("every check of Sobelow", () => {
  const honoured = new Map(rules.flatMap((rule) => (rule.silencedBy.sobelow ?? []).map((check) => [check, rule] as const)));

  it.each(checks)("%s has a rule of the same meaning, which names its weakness", (check) => {
    const rule = honoured.get(check);
    expect(rule?.area === "configuration" || rule?.area === "security").toBe(true);
    expect(rule?.cwe.length).toBeGreaterThan(0);
  });
});
