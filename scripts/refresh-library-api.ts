// Writes data/library-api.yml from checkouts of the libraries and from the Elixir and Erlang installed here:
// `npm run refresh:library-api -- elixir=PATH ecto=PATH phoenix=PATH …`, where PATH is the folder that holds the package's mix.exs or VERSION.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { extractFacts } from "../src/code/extract.js";
import type { ModuleFacts } from "../src/model/facts.js";
import { LibraryApi } from "../src/model/library-api.js";
import type { ParseSource } from "../src/model/ports.js";
import { createParser } from "../src/shell/grammars/parser.js";

type Arities = Map<string, Set<number>>;
type Api = Map<string, Arities>;

/** Functions a library makes in a loop over their names, which no definition in its source spells out; as its documentation lists them. */
const generated: Readonly<Record<string, readonly string[]>> = {
  "Phoenix.ConnTest": ["get", "post", "put", "patch", "delete", "options", "connect", "trace", "head"].flatMap((verb) => [
    `${verb}/2`,
    `${verb}/3`,
  ]),
  "Phoenix.Router": ["get", "post", "put", "patch", "delete", "options", "connect", "trace", "head"].flatMap((verb) => [
    `${verb}/3`,
    `${verb}/4`,
  ]),
};

const erlangModules =
  "application atomics base64 binary calendar code counters crypto dets digraph erlang ets file filename gb_sets gb_trees gen_server gen_statem gen_tcp global httpc inet io lists logger maps math mnesia net_kernel ordsets os persistent_term pg proplists public_key queue rand re rpc sets ssl string supervisor sys timer unicode uri_string zlib";

const installed = `
Enum.each([:ex_unit, :logger, :mix, :eex, :iex, :crypto, :inets, :ssl, :mnesia, :public_key], &Application.load/1)
elixir = Enum.flat_map([:elixir, :ex_unit, :logger, :mix, :eex, :iex], fn app -> Application.spec(app, :modules) || [] end)
for module <- elixir, match?("Elixir." <> _, Atom.to_string(module)), Code.ensure_loaded?(module), {name, arity} <- module.__info__(:functions) ++ module.__info__(:macros),
  do: IO.puts("#{inspect(module)} #{name}/#{arity}")
for module <- ~w(${erlangModules})a, Code.ensure_loaded?(module), {name, arity} <- module.module_info(:exports), do: IO.puts(":#{module} #{name}/#{arity}")
IO.puts("version #{System.version()} #{System.otp_release()}")
`;

const checkouts = process.argv.slice(2).map((argument) => argument.split("="));
if (checkouts.length === 0) throw new Error("No library was named: give NAME=PATH for each, such as ecto=../ecto.");
const parse = await createParser();
const libraries = [];
for (const [name = "", path = ""] of checkouts) libraries.push(await readLibrary(name, path, parse));
const header = `# What Elixir and its best known libraries offer: modules, functions and macros with their arities, documented options. Written by
# \`npm run refresh:library-api -- NAME=PATH …\` from the sources named below; change nothing by hand.
`;
const content = LibraryApi.parse({ version: 1, libraries });
await writeFile(join(import.meta.dirname, "../data/library-api.yml"), header + stringify(content, { lineWidth: 0 }));
for (const library of libraries) console.log(`${library.package} ${library.versions}: ${Object.keys(library.modules).length} modules`);

async function readLibrary(name: string, path: string, parser: ParseSource) {
  const api: Api = new Map();
  const options = new Set<string>();
  const files = (await readdir(join(path, "lib"), { recursive: true })).filter((file) => file.endsWith(".ex")).sort();
  for (const file of files) {
    const text = readFileSync(join(path, "lib", file), "utf8");
    for (const module of extractFacts(file, text, parser).modules) if (!isHidden(module)) addModule(api, module, text, parser);
    for (const [, option] of text.matchAll(/^\s*[*-] `:(\w+[?!]?)`|^\s*\|?\s*\{:(\w+), /gm)) if (option !== undefined) options.add(option);
  }
  for (const [module, functions] of Object.entries(generated)) if (api.has(module)) for (const id of functions) add(api, module, id);
  const release = name === "elixir" ? addInstalled(api) : "";
  const versions = `${versionOf(path)}${release === "" ? "" : ` and ${release}`}`;
  return {
    ...{ package: name, versions, source: "public functions, macros and callbacks of lib/, read by Guard's own extractor" },
    options: [...options].sort().join(" "),
    modules: Object.fromEntries(
      [...api].sort(([one], [other]) => (one < other ? -1 : 1)).map(([module, names]) => [module, written(names)]),
    ),
  };
}

function isHidden(module: ModuleFacts): boolean {
  return module.attributes.some(({ name, value }) => name === "moduledoc" && value?.kind === "literal" && value.value === "false");
}

function addModule(api: Api, module: ModuleFacts, text: string, parser: ParseSource): void {
  if (!api.has(module.name)) api.set(module.name, new Map());
  for (const { name, arity, defaults, visibility } of module.functions) {
    if (visibility !== "public" || name.startsWith("__")) continue;
    for (let taken = arity - defaults; taken <= arity; taken += 1) add(api, module.name, `${name}/${taken}`);
  }
  for (const { name, span } of module.attributes) {
    const head = /^@(?:macro)?callback\s+([\s\S]*)$/.exec(text.slice(span.start, span.end))?.[1];
    if (head !== undefined && /callback$/.test(name)) addCallback(api, module.name, head, parser);
  }
}

/** `all(queryable, opts) :: [term]`: a library calls it with or without the options. */
function addCallback(api: Api, module: string, head: string, parser: ParseSource): void {
  const [expression] = extractFacts("callback.exs", head, parser).topLevel;
  const call = expression?.kind === "operator" ? expression.operands[0] : expression;
  const named = call?.kind === "operator" && call.operator === "::" ? call.operands[0] : call;
  if (named?.kind !== "call") return;
  const arity = named.arguments.length;
  add(api, module, `${named.function}/${arity}`);
  const last = named.arguments.at(-1);
  if (last !== undefined && /^(opts|options)\b|Keyword\.t/.test(head.slice(last.span.start)))
    add(api, module, `${named.function}/${arity - 1}`);
}

function addInstalled(api: Api): string {
  const lines = execFileSync("elixir", ["-e", installed], { encoding: "utf8", maxBuffer: 64_000_000 }).trim().split("\n");
  const [, elixir, erlang] = (lines.pop() ?? "").split(" ");
  for (const line of lines) {
    const [module = "", id = ""] = line.split(" ");
    if (!id.startsWith("_") && !id.startsWith("MACRO-") && !/^module_info/.test(id)) add(api, module, id);
  }
  return `${elixir} as installed, Erlang/OTP ${erlang}`;
}

function add(api: Api, module: string, id: string): void {
  const at = id.lastIndexOf("/");
  const functions = api.get(module) ?? new Map<string, Set<number>>();
  const arities = functions.get(id.slice(0, at)) ?? new Set<number>();
  api.set(module, functions.set(id.slice(0, at), arities.add(Number(id.slice(at + 1)))));
}

function written(functions: Arities): string {
  return [...functions]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, arities]) => `${name}/${[...arities].sort((one, other) => one - other).join(",")}`)
    .join(" ");
}

function versionOf(path: string): string {
  const file = join(path, "VERSION");
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  return /@version "([^"]+)"/.exec(readFileSync(join(path, "mix.exs"), "utf8"))?.[1] ?? "unknown";
}
