import { describe, expect, it } from "vitest";
import { compareVersions, isInRange } from "../../src/rules/shared/locked-versions.js";

describe("a locked version", () => {
  it.each([
    ["1.10.1", ">= 1.2.0, < 1.10.2"],
    ["1.6.6", "<= 1.6.6"],
    ["2.2.0", "= 2.2.0"],
    ["1.5.0-rc.1", ">= 1.4.1, <= 1.5.0-rc.2"],
    ["1.18.1", ">= 1.18.0, < 1.18.2"],
  ])("%s lies in %s", (version, range) => {
    expect(isInRange(version, range)).toBe(true);
  });

  it.each([
    ["1.10.2", ">= 1.2.0, < 1.10.2"],
    ["1.1.9", ">= 1.2.0, < 1.10.2"],
    ["2.2.1", "= 2.2.0"],
    ["1.5.0", ">= 1.4.1, <= 1.5.0-rc.2"],
  ])("%s lies outside %s", (version, range) => {
    expect(isInRange(version, range)).toBe(false);
  });

  it("is compared by numbers, and a version before a release is older than it", () => {
    const versions = ["1.10.0", "1.9.3", "1.9.3-rc.10", "1.9.3-rc.2"];
    expect(versions.sort(compareVersions)).toEqual(["1.9.3-rc.2", "1.9.3-rc.10", "1.9.3", "1.10.0"]);
  });
});
