import type { Call, Expression } from "../../../model/expression.js";
import type { Facts, ModuleFacts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf, booleanOf, moduleNameOf, optionOf, optionsOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { isProduction } from "../../shared/production.js";
import { isProductionConfiguration } from "../../shared/production-configuration.js";

type Slots = { place: string; session: string };

export const websocketOriginUnchecked = defineRule<Slots>({
  id: "websocket-origin-unchecked",
  title: "A WebSocket takes connections that other sites open",
  trigger: "critical_pattern",
  area: "security",
  severity: "low",
  cwe: ["CWE-1385", "CWE-346"],
  silencedBy: { sobelow: ["Config.CSWH"] },
  fix: "check-origin",
  languages: ["elixir"],
  match(facts, project) {
    return [...inEndpoint(facts, project), ...inConfiguration(facts, project)];
  },
  what: ({ place }) => `\`check_origin: false\` lets ${place} take connections that any other site opens.`,
  why: ({ session }) =>
    session === ""
      ? "A page elsewhere can open the socket from a visitor's browser; only what `connect/3` asks for then stands in the way."
      : `A page elsewhere can open it from a visitor's browser, cookies included: only the CSRF token that ${session} wants besides still keeps the session from it, and a mount without session runs in any case.`,
  instead: () =>
    'Leave the check on, and name further hosts in the configuration: `check_origin: ["https://shop.example", "//*.shop.example"]`, or `:conn`.',
  notWhen: [
    "It is set in the configuration for development or tests.",
    "The configuration for production sets another value.",
    "`check_origin` is `:conn`, a list or a function.",
    "The endpoint listens on the machine's own address alone (then it is `possible`).",
    "No socket takes the session: those that ask for a token cannot be used by others (then it is `possible`).",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.Endpoint do
  use Phoenix.Endpoint, otp_app: :shop

  socket "/live", Phoenix.LiveView.Socket, websocket: [connect_info: [session: @session_options], check_origin: false]
end
`,
      at: "check_origin: false",
      good: `defmodule ShopWeb.Endpoint do
  use Phoenix.Endpoint, otp_app: :shop

  socket "/live", Phoenix.LiveView.Socket, websocket: [connect_info: [session: @session_options], check_origin: :conn]
end
`,
    },
  ],
});

interface Off {
  readonly span: { readonly start: number; readonly end: number };
}

/** Where `check_origin: false` is written under an expression, as a pair. */
function offIn(root: Expression): Off[] {
  return collect(root, "keyword").flatMap(({ entries }) =>
    entries.flatMap(({ key, keySpan, value }) =>
      key === "check_origin" && booleanOf(value) === false ? [{ span: { start: keySpan.start, end: value.span.end } }] : [],
    ),
  );
}

function inEndpoint(facts: Facts, project: Project): Match<Slots>[] {
  if (!isProduction(facts.path)) return [];
  return facts.modules
    .filter(({ name }) => project.modules.get(name)?.role === "endpoint")
    .flatMap((module) =>
      socketsOf(module).flatMap((socket) =>
        offIn(socket).map((off) => matchOf(off, "this socket", takesSession(socket) ? "LiveView's socket" : "")),
      ),
    );
}

function inConfiguration(facts: Facts, project: Project): Match<Slots>[] {
  if (!isProductionConfiguration(facts.path)) return [];
  const entries = project.configuration.filter(({ key }) => key !== null && /Endpoint$/.test(key));
  const isChecked = entries.some(({ path, value }) => /(prod|runtime|releases)[.\w]*\.exs$/.test(path) && checks(value));
  if (isChecked) return [];
  const sockets = [...project.modules.values()].filter(({ role }) => role === "endpoint").flatMap(({ facts: module }) => socketsOf(module));
  const session = sockets.some(takesSession) ? "LiveView's socket" : "";
  return entries
    .filter(({ path }) => path === facts.path)
    .flatMap(({ value }) => offIn(value).map((off) => matchOf(off, "every socket", isLocal(value) ? "" : session)));
}

/** `http: [ip: {127, 0, 0, 1}]`: who reaches it sits at the machine itself. */
function isLocal(value: Expression): boolean {
  const address = optionOf(optionOf(value, "http"), "ip");
  if (address?.kind === "literal") return address.value === "loopback";
  const numbers = address?.kind === "tuple" ? address.elements.map((part) => (part.kind === "literal" ? part.value : "")) : [];
  return numbers[0] === "127" || numbers.join() === "0,0,0,0,0,0,0,1";
}

function checks(value: Expression): boolean {
  const given = optionOf(value, "check_origin");
  return given !== null && booleanOf(given) !== false;
}

function socketsOf(module: ModuleFacts): Call[] {
  return module.body.filter(({ function: name }) => name === "socket");
}

function takesSession(socket: Call): boolean {
  const information = optionsOf(socket);
  const names = information === null ? [] : collect(information, "keyword").flatMap(({ entries }) => entries.map(({ key }) => key));
  const listed = information !== null && collect(information, "literal").some((literal) => atomOf(literal) === "session");
  return moduleNameOf(socket.arguments[1]) === "Phoenix.LiveView.Socket" || names.includes("session") || listed;
}

function matchOf({ span }: Off, place: string, session: string): Match<Slots> {
  return { span, confidence: session === "" ? "possible" : "likely", slots: { place, session }, evidence: [] };
}
