import type { Advisory } from "./advisories.js";
import type { Coverage } from "./coverage.js";
import type { Call, Expression } from "./expression.js";
import type { Facts, FunctionFacts, ModuleFacts } from "./facts.js";
import type { Span } from "./span.js";

/** Where something was written. */
export interface Location {
  readonly path: string;
  readonly span: Span;
}

/** `Module.function/arity`. */
export type FunctionId = string;

/** The join of all facts of one tree. Built once by `project/join`, asked through the questions in `project/`. */
export interface Project {
  readonly files: ReadonlyMap<string, Facts>;
  readonly modules: ReadonlyMap<string, ProjectModule>;
  readonly functions: ReadonlyMap<FunctionId, ProjectFunction>;
  /** Calls made by each function to functions of this project. */
  readonly calls: ReadonlyMap<FunctionId, readonly CallSite[]>;
  /** The same edges seen from the callee. */
  readonly callers: ReadonlyMap<FunctionId, readonly CallSite[]>;
  readonly effects: ReadonlyMap<FunctionId, Effects>;
  /** Library calls with an effect, as written in each function. */
  readonly directEffects: ReadonlyMap<FunctionId, readonly DirectEffect[]>;
  readonly repositoryModules: ReadonlySet<string>;
  /** What each function of a repository module does, from `data/effects.yml`. */
  readonly repositoryFunctions: ReadonlyMap<string, RepositoryOperation>;
  readonly schemas: ReadonlyMap<string, Schema>;
  readonly database: Database;
  readonly routers: readonly Router[];
  readonly routes: readonly Route[];
  readonly processes: readonly Process[];
  readonly tests: readonly TestFile[];
  readonly configuration: readonly ConfigurationEntry[];
  /** Hex packages named in any `mix.exs`, by name, with the written requirement. */
  readonly dependencies: ReadonlyMap<string, string>;
  /** Published faults of packages, for what a `mix.lock` holds. */
  readonly advisories: readonly Advisory[];
  /** What ran while the tests ran, by path; absent when nobody gave an export. */
  readonly coverage?: Coverage;
}

/** What a module is for, told from what it uses, its behaviours, its name and its path. */
export type ModuleRole =
  | "router"
  | "endpoint"
  | "controller"
  | "live_view"
  | "live_component"
  | "component"
  | "view"
  | "json_view"
  | "channel"
  | "plug"
  | "resolver"
  | "schema"
  | "repository"
  | "migration"
  | "worker"
  | "mailer"
  | "server"
  | "supervisor"
  | "application"
  | "mix_task"
  | "test"
  | "test_support"
  | "other";

export interface ProjectModule {
  readonly name: string;
  readonly path: string;
  readonly facts: ModuleFacts;
  readonly role: ModuleRole;
  /** Modules reached by `use`, through the project's own `__using__` (for example `MyAppWeb, :controller` → `Phoenix.Controller`). */
  readonly uses: ReadonlySet<string>;
  readonly imports: ReadonlySet<string>;
}

export interface ProjectFunction {
  readonly id: FunctionId;
  readonly module: string;
  readonly path: string;
  readonly facts: FunctionFacts;
  /** Defined in the module by a quote of something it uses; `path` is then the file of that quote, which other modules may share. */
  readonly injected?: boolean;
}

/** One call or capture of a project function. `span` covers the call without a piped first argument. */
export interface CallSite extends Location {
  readonly caller: FunctionId;
  readonly callee: FunctionId;
  /** Runs in another process that the caller does not wait for (`Task.start(fn -> … end)`). */
  readonly deferred: boolean;
}

/** A library call that has an effect; `call` is its name as `Module.function/arity`. `span` covers the call without a piped first argument. */
export interface DirectEffect extends Location {
  readonly effect: Effect;
  readonly call: string;
  readonly deferred: boolean;
}

/** What a function of an Ecto repository does. */
export type RepositoryOperation = "read" | "write" | "transaction" | "raw" | "preload";

/** What running a function may do, directly or through what it calls. Vocabulary: `data/effects.yml`. */
export type Effect =
  | "query"
  | "write"
  | "transaction"
  | "http"
  | "mail"
  | "file"
  | "command"
  | "process_start"
  | "process_call"
  | "enqueue"
  | "broadcast"
  | "sleep"
  | "raise";

/** For each effect a function has, the nearest cause: a direct library call, or a call to a function that has it. */
export type Effects = ReadonlyMap<Effect, EffectCause>;

export type EffectCause =
  | { readonly kind: "direct"; readonly at: Location; readonly call: string }
  | { readonly kind: "through"; readonly at: Location; readonly callee: FunctionId };

/** An Ecto schema, embedded schema, or what another language calls a model. */
export interface Schema extends Location {
  readonly module: string;
  /** Null when embedded. */
  readonly table: string | null;
  readonly prefix: string | null;
  readonly primaryKey: readonly string[];
  readonly fields: readonly SchemaField[];
  readonly associations: readonly Association[];
  /** Fields the schema itself declares to be unique together, where the library knows such a thing (Ash). */
  readonly identities?: readonly Identity[];
}

/** `identity :unique_email, [:email]` of an Ash resource; its generated migration makes the unique index. */
export interface Identity extends Location {
  readonly name: string;
  readonly fields: readonly string[];
}

export interface SchemaField extends Location {
  readonly name: string;
  readonly type: string;
  readonly virtual: boolean;
  /** The column it is stored in: its own name unless `source:` says another. */
  readonly column: string;
  readonly default: Expression | null;
}

export interface Association extends Location {
  readonly name: string;
  readonly cardinality: "belongs_to" | "has_one" | "has_many" | "many_to_many" | "embeds_one" | "embeds_many";
  readonly schema: string | null;
  readonly foreignKey: string | null;
  readonly through: readonly string[];
  readonly joinTable: string | null;
  /** What an Ash resource says of the foreign key (`reference :author, index?: true`). */
  readonly reference?: Location & { readonly indexed: boolean };
}

/** A function that casts, validates or constrains changes to a schema, with what the helpers it calls add. `span` is the whole function. */
export interface Changeset extends Location {
  readonly function: FunctionId;
  readonly casts: readonly ChangesetStep[];
  readonly required: readonly ChangesetStep[];
  readonly constraints: readonly ChangesetConstraint[];
}

/** Fields one call names; null when the code alone does not tell them. */
export interface ChangesetStep extends Location {
  readonly fields: readonly string[] | null;
}

export interface ChangesetConstraint extends ChangesetStep {
  /** `unsafe_unique`: asked by a query before writing, which the database does not back. */
  readonly kind: "unique" | "unsafe_unique" | "foreign_key" | "association" | "no_association" | "check" | "exclusion";
  /** `name:` as written; null when absent, then the database's default name for the fields holds. */
  readonly name: string | null;
  /** The name is not known from the code alone. */
  readonly nameUnread: boolean;
  readonly match: "exact" | "suffix" | "prefix";
}

/** The database today: migrations replayed in order, or structure.sql. */
export interface Database {
  readonly tables: ReadonlyMap<string, Table>;
  /** Statements that were seen and not understood; a rule that depends on absence must stay silent about tables they may touch. */
  readonly unread: readonly UnreadStatement[];
  /** Number of migration files replayed; 0 means nothing is known and absence proves nothing. */
  readonly migrations: number;
}

export interface UnreadStatement extends Location {
  /** The table it names when that much could be read. */
  readonly table: string | null;
  readonly text: string;
}

/** `name` carries a prefix as `prefix.table`. */
export interface Table extends Location {
  readonly name: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly indexes: readonly Index[];
  readonly constraints: readonly Constraint[];
  /** Name of each foreign key, whoever wrote it, and the column it is kept at. */
  readonly foreignKeys: ReadonlyMap<string, string>;
}

export interface Column extends Location {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly primaryKey: boolean;
  readonly references: ForeignKey | null;
}

export interface ForeignKey {
  readonly table: string;
  readonly column: string;
  /** Further columns of the referring table that belong to the same key (`with:`). */
  readonly with: readonly string[];
  readonly onDelete: string | null;
  readonly validated: boolean;
}

export interface Index extends Location {
  readonly name: string;
  /** Columns in order; an expression keeps its SQL text in parentheses. */
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** The SQL condition of a partial index, else null. */
  readonly where: string | null;
  readonly method: string | null;
  readonly concurrently: boolean;
  /** Absent when its columns are all there is to it. `order`: a later one is descending; `other`: an operator class, nulls placed or compared apart, included columns. */
  readonly special?: "order" | "other";
}

export interface Constraint extends Location {
  readonly name: string;
  readonly kind: "check" | "exclude" | "unique" | "primary_key" | "foreign_key";
  readonly definition: string;
  readonly validated: boolean;
}

export interface Router {
  readonly module: string;
  readonly path: string;
  readonly pipelines: ReadonlyMap<string, readonly Plug[]>;
}

/** One plug on the way to an action: a module, or a function of the router. */
export interface Plug extends Location {
  readonly name: string;
  readonly options: Expression | null;
}

export interface Route extends Location {
  readonly router: string;
  readonly verb: "get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "match" | "live" | "forward";
  /** The path people request, `/users/:id`. */
  readonly path: string;
  /** The file `span` points into. */
  readonly file: string;
  /** The controller, LiveView or forwarded plug, resolved. */
  readonly module: string;
  readonly action: string | null;
  readonly pipelines: readonly string[];
  /** Every plug on the way: pipelines in order, then the controller's own plugs that apply to this action. */
  readonly plugs: readonly Plug[];
  readonly liveSession: { readonly name: string; readonly onMount: readonly string[] } | null;
  /** Macros around the route whose code is not in this project and which may add plugs: absence of a plug then proves nothing. */
  readonly unreadMacros: readonly string[];
}

export interface Process extends Location {
  readonly module: string;
  readonly behaviour:
    "GenServer" | "gen_statem" | "Agent" | "Task" | "Supervisor" | "DynamicSupervisor" | "Registry" | "GenStage" | "other";
  /** Places that start it under a supervisor: child lists, `DynamicSupervisor.start_child`, `start_supervised`. */
  readonly supervisedAt: readonly Location[];
  /** Places that call its `start`/`start_link` outside a child list. */
  readonly startedAt: readonly Location[];
  /** Places outside its own module and tests that hand its name on as a value (a configuration, an option, a child list): something may start it from there. */
  readonly handedOnAt: readonly Location[];
}

export interface TestFile {
  readonly path: string;
  readonly modules: readonly string[];
  readonly tests: readonly ({ readonly name: string } & Location)[];
  /** Project functions called from the tests, directly. */
  readonly calls: ReadonlySet<FunctionId>;
}

/** One `config :app, Key, …` entry; `file` tells compile-time (`config/config.exs`, `prod.exs`) from `runtime.exs`. */
export interface ConfigurationEntry extends Location {
  readonly application: string;
  readonly key: string | null;
  readonly value: Expression;
  readonly call: Call;
}
