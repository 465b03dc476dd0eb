import type { FunctionId, Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { effectsWithin, traceEffect } from "../../../project/effects-of.js";
import { loopsIn } from "../../../project/loops-in.js";
import { optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { jobWorkers, type JobWorker } from "../../shared/job-workers.js";
import { among, definitionsWith, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { worker: string; call: string; cause: string };

const mailing = among(definitionsWith("mail"), isRepeated);

export const jobRepeatsForAll = defineRule<Slots>({
  id: "job-repeats-for-all",
  title: "One job sends mail to many, and a retry sends it to all of them again",
  trigger: "critical_pattern",
  area: "async",
  severity: "medium",
  cwe: ["CWE-837"],
  silencedBy: {},
  where: mailing,
  match(facts, project) {
    return selectedIn(mailing, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ worker, call, cause }) =>
    `\`${worker}\` sends mail for each element of a list${call === cause ? "" : ` through \`${call}\``} (\`${cause}\`) in one job.`,
  why: () =>
    "When one of them fails, or the node is stopped half way, the whole job runs again: everybody who has had the mail gets it once more, up to twenty times.",
  instead: () =>
    "Let this job insert one job for each recipient (`Oban.insert_all/1`), and send one mail in each: only what failed is tried again.",
  notWhen: [
    "The worker tries once (`max_attempts: 1`).",
    "The loop inserts jobs, or the mail is sent by a task it does not wait for.",
    "The loop is in a function more than one call away: who is sent what may be remembered there.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Mailer do
  use Swoosh.Mailer, otp_app: :shop
end

defmodule Shop.DigestWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(_job) do
    Enum.each(Shop.Customers.all(), fn customer -> Shop.Mailer.deliver!(Shop.Digest.email(customer)) end)
  end
end
`,
      at: "Shop.Mailer.deliver!(Shop.Digest.email(customer))",
      good: `defmodule Shop.Mailer do
  use Swoosh.Mailer, otp_app: :shop
end

defmodule Shop.DigestWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"customer_id" => id}}) do
    id |> Shop.Customers.get() |> Shop.Digest.email() |> Shop.Mailer.deliver()
  end

  def perform(_job) do
    Enum.each(Shop.Customers.all(), fn customer -> %{customer_id: customer.id} |> new() |> Oban.insert!() end)
  end
end
`,
    },
  ],
});

/** `perform/1` of a worker that tries more than once. */
function isRepeated({ function: { module, facts } }: Definition, project: Project): boolean {
  const worker = jobWorkers(project).get(module);
  return worker !== undefined && facts.name === "perform" && facts.arity === 1 && !triesOnce(worker);
}

function triesOnce({ options }: JobWorker): boolean {
  const attempts = optionOf(options, "max_attempts");
  return attempts?.kind === "literal" && attempts.value === "1";
}

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const here = mailInLoop(definition.id, definition, project);
  if (here.length > 0) return here.slice(0, 1);
  for (const { callee, deferred } of project.calls.get(definition.id) ?? []) {
    const entry = project.functions.get(callee);
    if (deferred || entry?.module !== definition.function.module || entry.facts.visibility !== "private") continue;
    for (const clause of entry.facts.clauses) {
      if (clause.body === null) continue;
      const found = mailInLoop(definition.id, { id: callee, function: entry, clause, body: clause.body }, project);
      if (found.length > 0) return found.slice(0, 1);
    }
  }
  return [];
}

function mailInLoop(worker: FunctionId, { id, body, clause }: Definition, project: Project): Match<Slots>[] {
  const mails = effectsWithin(project, id, clause.span).filter(({ effect, deferred }) => effect === "mail" && !deferred);
  if (mails.length === 0) return [];
  const loops = loopsIn(body);
  return mails
    .filter(({ span }) => loops.some((loop) => [loop.body, ...loop.others].some((part) => contains(part.span, span))))
    .map((site): Match<Slots> => {
      const steps = site.callee === null ? [] : traceEffect(project, site.callee, "mail");
      const slots = { worker: spoken(worker), call: spoken(site.call), cause: spoken(steps.at(-1)?.call ?? site.call) };
      return { span: site.span, confidence: steps.length > 4 ? "possible" : "likely", slots, evidence: [] };
    });
}
