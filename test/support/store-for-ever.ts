import { factsCodec } from "../../src/code/codec/facts.js";
import type { Facts } from "../../src/model/facts.js";
import { createFactsCache } from "../../src/shell/store/facts-cache.js";

/** Stores facts until it is killed; says so once some are stored. */
const [, , path = ""] = process.argv;
const cache = createFactsCache({ path, extractorVersion: "1", codec: factsCodec });
for (let at = 0; at < 5_000; at += 1) {
  const comments = [{ text: "x".repeat(5_000), span: { start: 0, end: 5_000 } }];
  const name = `k${at}.ex`;
  const facts: Facts = { path: name, language: "elixir", lines: 1, lineStarts: [0], modules: [], topLevel: [], comments, damage: [] };
  await cache.store([{ key: { blob: `k${at}`, path: name }, facts }]);
  if (at === 20) process.send?.("stored");
}
