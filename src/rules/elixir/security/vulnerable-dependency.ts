import type { Advisory } from "../../../model/advisories.js";
import type { Severity } from "../../../model/finding.js";
import type { Project } from "../../../model/project.js";
import { defineRule, type Match } from "../../define.js";
import { lockedVersions, type LockedVersion } from "../../../project/locked-versions.js";
import { compareVersions, developmentPackages, isInRange } from "../../shared/locked-versions.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";

type Slots = { name: string; version: string; advisory: string; url: string; others: readonly string[]; fixed: string };

export const vulnerableDependency = defineRule<Slots>({
  id: "vulnerable-dependency",
  title: "A locked package has a published fault",
  trigger: "critical_pattern",
  area: "security",
  severity: "medium",
  cwe: ["CWE-1395"],
  silencedBy: {
    sobelow: ["Vuln.CookieRCE", "Vuln.HeaderInject", "Vuln.Redirect", "Vuln.PlugNull", "Vuln.Coherence", "Vuln.Ecto"],
  },
  match(facts, project) {
    if (!/(^|\/)mix\.lock$/.test(facts.path) || project.advisories.length === 0 || !isProduction(facts.path)) return [];
    const faulty = lockedVersions(facts).flatMap((locked) => faultyOf(locked, project));
    return [faulty.filter(({ matters }) => matters), faulty.filter(({ matters }) => !matters)].flatMap((group) =>
      matchOf(group, facts.path),
    );
  },
  what: ({ name, version, advisory, others }) =>
    `\`${name}\` is locked at ${version}, which has a published fault: ${advisory}${others.length > 0 ? `; so ${others.length === 1 ? "has" : "have"} ${others.map((other) => `\`${other}\``).join(", ")}` : ""}.`,
  why: ({ name, url }) => `What is wrong with \`${name}\` and how to use it is public (${url}): anybody who finds the program can try it.`,
  instead: ({ name, fixed, others }) =>
    `Run \`mix deps.update ${[name, ...others].join(" ")}\`${fixed === "" ? `; no version of \`${name}\` mends all of it yet, so see whether this program uses that part of it, and write the decision down` : ` and see that \`mix.lock\` holds \`${name}\` ${fixed} or newer`}; where another package holds one back, \`mix deps.tree\` names it.`,
  notWhen: [
    "The locked version is outside the affected range, or the package comes from git or a folder.",
    "The lock file belongs to examples, tests or tools.",
    "The worst fault is moderate or low, or the package is only for development and tests (then it is `possible`).",
    "The advisory is younger than `data/advisories.yml`: `mix hex.audit` asks the registry itself.",
  ],
  examples: [
    {
      bad: {
        "mix.lock": `%{
  "plug_crypto": {:hex, :plug_crypto, "2.1.0", "f44309c2", [:mix], [], "hexpm", "131216a4"},
  "phoenix": {:hex, :phoenix, "1.7.21", "32812d70", [:mix], [], "hexpm", "7c5a07ed"},
}
`,
        "lib/shop.ex": "defmodule Shop do\nend\n",
      },
      at: `"phoenix": {:hex, :phoenix, "1.7.21"`,
      good: {
        "mix.lock": `%{
  "plug_crypto": {:hex, :plug_crypto, "2.1.0", "f44309c2", [:mix], [], "hexpm", "131216a4"},
  "phoenix": {:hex, :phoenix, "1.8.12", "32812d70", [:mix], [], "hexpm", "7c5a07ed"},
}
`,
        "lib/shop.ex": "defmodule Shop do\nend\n",
      },
    },
  ],
});

const byPackage = perProject((project) => {
  const known = new Map<string, Advisory[]>();
  for (const advisory of project.advisories) known.set(advisory.package, [...(known.get(advisory.package) ?? []), advisory]);
  return known;
});

const ranks: readonly Advisory["severity"][] = ["critical", "high", "moderate", "low"];
const severities: Readonly<Record<Advisory["severity"], Severity>> = { critical: "high", high: "medium", moderate: "low", low: "low" };

interface Faulty {
  readonly locked: LockedVersion;
  readonly worst: Advisory;
  readonly count: number;
  readonly fixed: string;
  readonly severity: Severity;
  /** Grave enough, and of a package that runs in production. */
  readonly matters: boolean;
  readonly direct: boolean;
}

function faultyOf(locked: LockedVersion, project: Project): Faulty[] {
  const advisories = (byPackage(project).get(locked.name) ?? [])
    .filter(({ affected }) => affected.some((range) => isInRange(locked.version, range)))
    .sort((one, other) => ranks.indexOf(one.severity) - ranks.indexOf(other.severity));
  const [worst] = advisories;
  if (worst === undefined) return [];
  const matters = ranks.indexOf(worst.severity) <= ranks.indexOf("high") && !developmentPackages(project).has(locked.name);
  return [
    {
      ...{ locked, worst, matters, count: advisories.length, fixed: fixedIn(advisories, locked.version) },
      severity: matters ? severities[worst.severity] : "low",
      direct: project.dependencies.has(locked.name),
    },
  ];
}

/** All that one lock file holds are mended in one go, and are one finding at the gravest; what `mix.exs` names itself comes first. */
function matchOf(group: readonly Faulty[], path: string): Match<Slots>[] {
  const [first, ...others] = [...group].sort(
    (one, other) => ranks.indexOf(one.worst.severity) - ranks.indexOf(other.worst.severity) || Number(other.direct) - Number(one.direct),
  );
  if (first === undefined) return [];
  const { locked, worst, fixed, severity, matters } = first;
  return [
    {
      span: locked.span,
      confidence: matters ? "likely" : "possible",
      severity,
      slots: {
        ...{ name: locked.name, version: locked.version, advisory: worst.title.replace(/\.$/, ""), fixed },
        url: `https://github.com/advisories/${worst.id}`,
        others: others.map((other) => other.locked.name),
      },
      evidence: [first, ...others].map((faulty) => ({ at: { path, span: faulty.locked.span }, note: noteOf(faulty) })),
    },
  ];
}

function noteOf({ locked, worst, count, fixed }: Faulty): string {
  const more = count > 1 ? `, and ${count - 1} more` : "";
  return `${locked.name} ${locked.version}: ${worst.title} (${worst.id}, ${worst.severity})${more}; ${fixed === "" ? "not mended yet" : `mended in ${fixed}`}`;
}

/** The oldest version that mends all of them, the empty text when one has none. */
function fixedIn(advisories: readonly Advisory[], version: string): string {
  const needed = advisories.map(
    ({ fixed }) => fixed.filter((candidate) => compareVersions(candidate, version) > 0).sort(compareVersions)[0],
  );
  if (needed.some((candidate) => candidate === undefined)) return "";
  return (
    needed
      .flatMap((candidate) => candidate ?? [])
      .sort(compareVersions)
      .at(-1) ?? ""
  );
}
