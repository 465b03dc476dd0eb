// `npm run new:rule`: asks for each part of a rule and writes its file; what is not answered stays in it as a question the check refuses.
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { areas, severities, triggers } from "../src/model/finding.js";
import { exportName } from "./generated.js";

const parts = {
  id: "What is wrong, in kebab-case (for example query-per-element)?",
  language: "Which language (elixir)?",
  area: `Which area (${areas.join(", ")})?`,
  trigger: `Which trigger (${triggers.join(", ")})?`,
  severity: `How severe (${severities.join(", ")})?`,
  title: "The same in a few words, for lists?",
  what: "What is wrong, in one sentence that names the slots?",
  why: "What does it cost, and when does that happen?",
  instead: "What is to be written instead?",
  notWhen: "When must it not be said?",
  bad: "Which is the shortest code that has it?",
  at: "Which exact text of that code must be pointed at?",
  good: "Which nearly identical code is right?",
} as const;
type Part = keyof typeof parts;

const { values } = parseArgs({
  options: {
    root: { type: "string", default: join(import.meta.dirname, "..") },
    ...(Object.fromEntries(Object.keys(parts).map((part) => [part, { type: "string" }])) as Record<Part, { type: "string" }>),
  },
});

const answers = await ask();
const path = join("src/rules", answers.language, answers.area, `${answers.id}.ts`);
const fault = faultIn(answers);
if (fault !== null) {
  console.error(fault);
  process.exitCode = 1;
} else {
  await mkdir(dirname(join(values.root, path)), { recursive: true });
  await writeFile(join(values.root, path), ruleFile(answers));
  console.log(`${path} is written. Answer what it still asks, write its match, then: npm run generate && npx vitest run test/rules`);
}

/** Flags first, then the terminal; without a terminal what is missing stays a question. */
async function ask(): Promise<Record<Part, string>> {
  const terminal = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stderr }) : null;
  const given = {} as Record<Part, string>;
  for (const part of Object.keys(parts) as Part[]) {
    const answer = values[part] ?? (terminal === null ? "" : (await terminal.question(`${parts[part]} `)).trim());
    given[part] = answer !== "" ? answer : part === "language" ? "elixir" : `QUESTION: ${parts[part]}`;
  }
  terminal?.close();
  return given;
}

function faultIn(given: Record<Part, string>): string | null {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(given.id))
    return `The id ${given.id} is not kebab-case; give one such as query-per-element with --id.`;
  for (const [part, allowed] of [
    ["area", areas],
    ["trigger", triggers],
    ["severity", severities],
  ] as const) {
    if (!(allowed as readonly string[]).includes(given[part]))
      return `The ${part} is not known; give one of ${allowed.join(", ")} with --${part}.`;
  }
  return existsSync(join(values.root, path)) ? `${path} exists already; choose another id or edit that file.` : null;
}

function ruleFile(given: Record<Part, string>): string {
  const quoted = (part: Part): string => JSON.stringify(given[part]);
  return `import { defineRule } from "../../define.js";

type Slots = { name: string };

export const ${exportName(given.id)} = defineRule<Slots>({
  id: ${quoted("id")},
  title: ${quoted("title")},
  trigger: ${quoted("trigger")},
  area: ${quoted("area")},
  severity: ${quoted("severity")},
  cwe: [],
  silencedBy: {},
  match(_facts, _project) {
    return [];
  },
  what: () => ${quoted("what")},
  why: () => ${quoted("why")},
  instead: () => ${quoted("instead")},
  notWhen: [${quoted("notWhen")}],
  examples: [
    {
      bad: ${quoted("bad")},
      at: ${quoted("at")},
      good: ${quoted("good")},
    },
  ],
});
`;
}
