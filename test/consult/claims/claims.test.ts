import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { composeIntervention } from "../../../src/consult/compose.js";
import type { Consultation } from "../../../src/model/consultation.js";
import type { Intervention } from "../../../src/model/intervention.js";
import type { Opinion } from "../../../src/model/opinion.js";
import { interventionMarkdown } from "../../../src/reply/intervention-markdown.js";
import { renderAllProblems, renderIntervention } from "../../../src/reply/intervention.js";
import { consultationAbout, root } from "../../support/consultation.js";
import { answered, opinionWith } from "../../support/opinion.js";

type Said = Opinion["problems"][number];

interface Case extends Partial<Omit<Said, "path" | "line">> {
  /** `path:line`. */
  readonly at?: string;
}

interface Lie extends Case {
  readonly lie: string;
  readonly never: readonly string[];
  readonly section?: keyof Opinion["sections"] | "summary";
  readonly text?: string;
  /** Rule of a detector's finding whose id it gives as its own. */
  readonly names_finding?: string;
}

const ferry = join(root, "test/fixtures/consult/ferry");
const files = Object.fromEntries(
  readdirSync(ferry, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(exs?|lock)$/.test(path))
    .map((path) => [path, readFileSync(join(ferry, path), "utf8")]),
);
const lies = read<Lie>("lies.yml");
const truths = read<Case>("truths.yml");

function read<Entry>(name: string): Entry[] {
  return parseYaml(readFileSync(join(import.meta.dirname, name), "utf8")) as Entry[];
}

const trueStatement: Said = {
  title: "`get_booking!/1` does not check whose booking it is",
  ...{ path: "lib/ferry/bookings.ex", line: 17, end_line: 17, quote: "def get_booking!(id), do: Repo.get!(Booking, id)" },
  consequence: "Whoever knows an id reads the booking of another person.",
  fix: "Scope the query to the current user.",
  ...{ severity: "high", confidence: "likely", finding_ids: [], evidence: [], replacement: "" },
};

function problemOf({ at, ...rest }: Case): Said {
  const [path = "", line = "1"] = at?.split(/:(?=\d+$)/) ?? [];
  const place = at === undefined ? {} : { path, line: Number(line), end_line: Number(line) };
  const { title, quote, consequence, fix, severity, confidence, finding_ids: ids, evidence, replacement } = { ...trueStatement, ...rest };
  return { ...trueStatement, ...place, title, quote, consequence, fix, severity, confidence, finding_ids: ids, evidence, replacement };
}

function wholeReply(intervention: Intervention): string {
  const blocks = [...renderIntervention(intervention, "id"), ...renderAllProblems(intervention)];
  return `${interventionMarkdown(intervention)}\n${JSON.stringify(blocks)}`;
}

describe("a model that lies", () => {
  let consultation: Consultation;
  beforeAll(async () => {
    consultation = await consultationAbout(files, { paths: Object.keys(files).filter((path) => path.startsWith("lib/")) });
  });

  function opinionOf(lie: Lie): Opinion {
    if (lie.section === "summary") return opinionWith([], { summary: lie.text ?? "" });
    if (lie.section !== undefined) return opinionWith([], { sections: { [lie.section]: lie.text ?? "" } });
    const named = consultation.findings.find(({ rule }) => rule === lie.names_finding);
    return opinionWith([problemOf({ ...lie, finding_ids: named === undefined ? [] : [named.fingerprint] })]);
  }

  it("has at least 60 ways to do so", () => {
    expect(lies.length).toBeGreaterThanOrEqual(60);
  });

  it.each(lies.map((lie) => [lie.lie, lie] as const))("gets nothing into the reply by %s", (_name, lie) => {
    const reply = wholeReply(composeIntervention(consultation, answered(opinionOf(lie))));
    for (const words of lie.never) expect(reply).not.toContain(words);
  });

  it("gets nothing in when it tells all its lies at once", () => {
    const opinions = lies.map(opinionOf);
    const reply = wholeReply(composeIntervention(consultation, answered(opinionWith(opinions.flatMap(({ problems }) => problems)))));
    for (const lie of lies) for (const words of lie.never) expect(reply).not.toContain(words);
  });
});

describe("a model that tells the truth", () => {
  it("keeps at least 38 of its 40 points, every sentence of them", async () => {
    const consultation = await consultationAbout(files, { paths: Object.keys(files) });
    expect(truths).toHaveLength(40);
    const kept = truths.filter((truth) => {
      const { problems } = composeIntervention(consultation, answered(opinionWith([problemOf(truth)])));
      return problems.some(({ consequence, fix }) => consequence.includes(truth.consequence ?? "") && fix.includes(truth.fix ?? ""));
    });
    expect(kept.length).toBeGreaterThanOrEqual(38);
  });
});
