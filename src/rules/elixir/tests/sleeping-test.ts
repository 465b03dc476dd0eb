import type { Call, Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import { outlineOfBody } from "../../../model/outline.js";
import type { Span } from "../../../model/span.js";
import { walk } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { written } from "../../shared/written.js";

type Slots = { call: string; count: number; milliseconds: number };

/** Together in one file: enough to be noticed in every run. */
const longest = 1000;

export const sleepingTest = defineRule<Slots>({
  id: "sleeping-test",
  title: "A test waits for time to pass",
  trigger: "critical_pattern",
  area: "tests",
  severity: "low",
  cwe: [],
  silencedBy: {},
  fix: "await-message",
  match(facts) {
    if (!/(^|\/)test\/.*_test\.exs$/.test(facts.path)) return [];
    const sleeps = facts.modules.flatMap((module) => {
      const sleeping = outlineOfBody(module).distinct.some((call) => isSleep(call.module, call.function));
      return sleeping ? module.body.flatMap(sleepsIn).filter(({ span }) => !isExplained(span, facts)) : [];
    });
    const [first] = sleeps;
    if (first === undefined) return [];
    const milliseconds = sleeps.reduce((sum, sleep) => sum + sleep.milliseconds, 0);
    return [
      {
        span: first.span,
        confidence: milliseconds >= longest ? "likely" : "possible",
        slots: { call: first.call, count: sleeps.length, milliseconds },
        evidence: sleeps.slice(1, 6).map(({ span, call }) => ({ at: { path: facts.path, span }, note: `\`${call}\` waits too` })),
      } satisfies Match<Slots>,
    ];
  },
  what: ({ call, count, milliseconds }) =>
    count === 1
      ? `A test waits with \`${call}\`.`
      : `Tests of this file wait ${count} times, ${milliseconds} ms together, first with \`${call}\`.`,
  why: () => "On a slow machine the time is too short and the test fails for no reason; on every other one the suite waits for nothing.",
  instead: () =>
    "Wait for what should happen: `assert_receive` for a message, a call to the process that has to be done, or a helper that asks again until it holds; give the code a clock where time itself is tested.",
  notWhen: [
    "The sleep is inside a function given to another process, which stands for slow work.",
    "The time is not written as a number.",
    "A comment right above says why the test waits.",
    "The file waits less than a second (then it is `possible`).",
    "The sleep is in a helper, such as one that asks again until something holds.",
  ],
  examples: [
    {
      bad: {
        "test/shop/mailer_test.exs": `defmodule Shop.MailerTest do
  use ExUnit.Case

  test "sends later" do
    Shop.Mailer.send_later(self())
    Process.sleep(1500)
    assert_received :sent
  end
end
`,
      },
      at: "Process.sleep(1500)",
      good: {
        "test/shop/mailer_test.exs": `defmodule Shop.MailerTest do
  use ExUnit.Case

  test "sends later" do
    Shop.Mailer.send_later(self())
    assert_receive :sent, 2000
  end

  test "gives up on slow servers" do
    slow = spawn(fn -> Process.sleep(5000) end)
    assert Shop.Mailer.send_now(slow) == {:error, :timeout}
  end

  test "is really delivered" do
    Shop.Mailer.send_now(:smtp)
    # Only run by hand, against a server that answers when it likes.
    Process.sleep(2000)
    assert Shop.Mailbox.has_mail?()
  end
end
`,
      },
    },
  ],
});

/** A comment on the line before, or on the sleep's own: its author has thought of the wait. */
function isExplained({ start }: Span, { comments, lineStarts }: Facts): boolean {
  const lineOf = (offset: number): number => lineStarts.findLastIndex((begin) => begin <= offset);
  return comments.some(({ span, text }) => /\w+ \w+ \w+/.test(text) && [0, 1].includes(lineOf(start) - lineOf(span.start)));
}

interface Sleep {
  readonly span: Span;
  readonly call: string;
  readonly milliseconds: number;
}

function isSleep(module: string | null, name: string): boolean {
  return name === "sleep" && (module === "Process" || module === ":timer");
}

/** Sleeps of tests themselves, those in functions they hand on left out. */
function sleepsIn(root: Call): Sleep[] {
  const sleeps: Sleep[] = [];
  walk(root, (expression) => {
    if (expression.kind === "lambda") return false;
    if (expression.kind !== "call" || !isSleep(expression.module, expression.function)) return true;
    const milliseconds = wholeNumber(expression.arguments[0]);
    if (milliseconds !== null)
      sleeps.push({
        span: expression.segment,
        call: `${expression.module ?? ""}.sleep(${written(expression.arguments[0] ?? null)})`,
        milliseconds,
      });
    return true;
  });
  return sleeps;
}

function wholeNumber(expression: Expression | undefined): number | null {
  return expression?.kind === "literal" && expression.type === "integer" ? Number(expression.value.replaceAll("_", "")) : null;
}
