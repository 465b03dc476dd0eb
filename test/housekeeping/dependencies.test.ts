import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
}

test("every dependency is justified in docs/decisions/0002-dependencies.md, and nothing else is", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
  const installed = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies]
    .flatMap((group) => Object.keys(group))
    .sort();
  const text = readFileSync("docs/decisions/0002-dependencies.md", "utf8");
  const justified = [...text.matchAll(/^\| `([^`]+)` \| .+ \|$/gm)].map((match) => match[1]).sort();
  expect(justified).toEqual(installed);
});
