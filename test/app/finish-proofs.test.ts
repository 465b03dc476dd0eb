import { describe, expect, it } from "vitest";
import { finishProofs, type ElixirPorts } from "../../src/app/finish-proofs.js";
import { proposePatches } from "../../src/fixes/propose.js";
import type { Patch } from "../../src/model/patch.js";
import type { RanProject, RunProject } from "../../src/model/ports.js";
import { analysisOf, parse, shop, treeOf } from "../support/consultation.js";

const yes = { answer: "yes" } as const;
const tree = treeOf(shop);

async function shopPatches(): Promise<Patch[]> {
  const analysis = await analysisOf(shop);
  return proposePatches(analysis, analysis.audit.findings, parse);
}

const elixir = (runProject: RunProject | null): ElixirPorts => ({
  format: async ({ text }) => ({ kind: "formatted", text }),
  runProject,
});

const answering =
  (...answers: RanProject[]): RunProject =>
  async ({ patches }) =>
    patches.map((_, index) => answers[index % answers.length] ?? { compiled: yes, tested: yes });

describe("the proof of a patch", () => {
  it("says what Elixir said, and that nothing of the repository was run where the deployment does not run it", async () => {
    const [patch] = await finishProofs(await shopPatches(), { textOf: () => null, tree }, elixir(null));
    expect(patch?.proof).toMatchObject({
      formatted: yes,
      compiled: { answer: "not run", why: "Guard runs no code of the repository" },
    });
  });

  it("takes away a patch that fails a step that ran, and keeps one that could not be run", async () => {
    const patches = await shopPatches();
    expect(patches.length).toBeGreaterThanOrEqual(2);
    const run = answering(
      { compiled: yes, tested: { answer: "no", why: "a test fails that passed before" } },
      { compiled: yes, tested: { answer: "not run", why: "mix is not installed here" } },
    );
    const offered = await finishProofs(patches.slice(0, 2), { textOf: () => null, tree }, elixir(run));
    expect(offered.map(({ title }) => title)).toEqual([patches[1]?.title]);
    expect(offered[0]?.proof).toMatchObject({ compiled: yes, tested: { answer: "not run" } });
  });

  it("runs nothing for code that stands alone", async () => {
    const patches = await shopPatches();
    const never: RunProject = async () => Promise.reject(new Error("it was run"));
    expect(await finishProofs(patches, { textOf: () => null, tree: null }, elixir(never))).toHaveLength(patches.length);
  });
});
