import { describe, expect, test } from "vitest";
import { environmentVariables, readEnvironment } from "../../src/shell/environment.js";

describe("with nothing set", () => {
  test("Guard serves the local workspace on 3700, without a key, from the platform's data folder", () => {
    const read = readEnvironment({});
    expect(read).toMatchObject({
      kind: "read",
      environment: { slack: null, anthropicApiKey: null, port: 3700, configurationPath: "guard.config.yml", configurationNamed: false },
    });
  });

  test("an empty variable counts as unset", () => {
    expect(readEnvironment({ GUARD_PORT: "", SLACK_BOT_TOKEN: " " })).toEqual(readEnvironment({}));
  });
});

test("port 0 asks for a free one", () => {
  expect(readEnvironment({ GUARD_PORT: "0" })).toMatchObject({ environment: { port: 0 } });
});

test("both tokens together connect to Slack", () => {
  const read = readEnvironment({ SLACK_BOT_TOKEN: "xoxb-" + "1", SLACK_APP_TOKEN: "xapp-" + "2" });
  expect(read).toMatchObject({ environment: { slack: { botToken: "xoxb-" + "1", appToken: "xapp-" + "2", signingSecret: null } } });
});

test("all faults come at once, each with its remedy, and no value is repeated", () => {
  const read = readEnvironment({ SLACK_BOT_TOKEN: "hunter2", ANTHROPIC_BASE_URL: "ftp://x", GUARD_PORT: "many" });
  const faults = read.kind === "faults" ? read.faults : [];
  expect(faults).toHaveLength(4);
  expect(faults.join("\n")).toMatch(/SLACK_BOT_TOKEN is not a bot token; it begins with xoxb-/);
  expect(faults.join("\n")).toMatch(/ANTHROPIC_BASE_URL is not an http or https URL/);
  expect(faults.join("\n")).toMatch(/GUARD_PORT is not a port; give a whole number from 0 to 65535/);
  expect(faults.join("\n")).toMatch(/SLACK_APP_TOKEN is missing although SLACK_BOT_TOKEN is set/);
  expect(faults.join("\n")).not.toMatch(/hunter2|ftp:|many/);
});

test.each(["-1", "65536", "3.5"])("%s is no port", (port) => {
  expect(readEnvironment({ GUARD_PORT: port })).toMatchObject({ kind: "faults" });
});

test("every variable is listed once, so that help can name it", () => {
  const names = environmentVariables.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("DATABASE_URL");
});
