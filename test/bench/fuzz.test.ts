import { expect, test } from "vitest";
import { prepareReferences, prepareSources, tryPayload } from "../../bench/fuzz/attacks.js";
import { createRandom } from "../../bench/fuzz/random.js";
import { fuzz } from "../../bench/fuzz/run.js";
import { createFolder } from "../support/repository.js";
import { createSampleRepository } from "../../src/workspace/sample-repository.js";

test("malformed payloads, mutated sources and hostile references neither crash nor hang", async () => {
  const { path } = await createSampleRepository(`${createFolder()}/shop`);
  const results = [
    await fuzz("payloads", 2_000, 1, tryPayload),
    await fuzz("sources", 60, 1, await prepareSources()),
    await fuzz("references", 60, 1, await prepareReferences(path, createFolder())),
  ];
  expect(results.flatMap(({ crashes, slow }) => [...crashes, ...slow])).toEqual([]);
});

test("what crashes is told with the seed that brings it back", async () => {
  const crash = async (random: ReturnType<typeof createRandom>): Promise<void> => {
    if (random.below(10) === 7) throw new Error("seven");
  };
  const { crashes } = await fuzz("numbers", 100, 500, crash);
  const seed = Number(/^seed (\d+): Error: seven/.exec(crashes[0] ?? "")?.[1]);
  expect(createRandom(seed).below(10)).toBe(7);
  await expect(crash(createRandom(seed))).rejects.toThrow("seven");
});
