import type { Call, Expression } from "../../model/expression.js";
import type { Association, ProjectModule, Schema, SchemaField } from "../../model/project.js";
import { booleanOf, moduleNameOf, optionOf, stringOf } from "../values.js";

type Expand = (name: string) => string;

const model = "django.db.models.Model";
const relations: ReadonlyMap<string, Association["cardinality"]> = new Map([
  ["ForeignKey", "belongs_to"],
  ["OneToOneField", "belongs_to"],
  ["ManyToManyField", "many_to_many"],
]);

/** The schema each Django model declares, by class name, with what it inherits and the other side of each relation. */
export function modelsOf(modules: ReadonlyMap<string, ProjectModule>, expandIn: (module: string) => Expand | null): Map<string, Schema> {
  const classes = [...modules.values()].filter(({ path, facts }) => path.endsWith(".py") && facts.uses.length > 0);
  const basesOf = (module: ProjectModule): string[] => {
    const expand = expandIn(module.name);
    return expand === null ? [] : module.facts.uses.map((used) => expand(used.module));
  };
  const ancestors = remembered((module: ProjectModule): readonly string[] =>
    basesOf(module).flatMap((base) => {
      const known = modules.get(base);
      return known === undefined || known === module ? [base] : [base, ...ancestors(known)];
    }),
  );
  const models = new Map<string, ProjectModule>(
    classes.filter((module) => ancestors(module).includes(model)).map((module) => [module.name, module]),
  );
  const declared = new Map(
    [...models.values()].map((module) => {
      const line = [module, ...ancestors(module).flatMap((name) => modules.get(name) ?? [])];
      return [module.name, line.flatMap(fieldsIn)] as const;
    }),
  );
  const schemas = new Map(
    [...models.values()].map((module) => [module.name, schemaFrom(module, declared.get(module.name) ?? [], models, modules)]),
  );
  return withReverse(schemas, declared, models, modules);
}

/** A value worked out once for each class; a class that inherits from itself gets what is known by then. */
function remembered(compute: (module: ProjectModule) => readonly string[]): (module: ProjectModule) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (module) => {
    const earlier = known.get(module.name);
    if (earlier !== undefined) return earlier;
    known.set(module.name, []);
    const value = compute(module);
    known.set(module.name, value);
    return value;
  };
}

function schemaFrom(
  module: ProjectModule,
  declared: readonly DeclaredField[],
  models: ReadonlyMap<string, ProjectModule>,
  modules: ReadonlyMap<string, ProjectModule>,
): Schema {
  const associations = declared.flatMap((field) => associationFrom(field, module, models) ?? []);
  const key = declared.find(({ call }) => booleanOf(optionOf(call, "primary_key")) === true);
  const table = stringOf(metaOf(module, modules, "db_table"));
  return {
    ...{ path: module.path, span: module.facts.span, module: module.name, prefix: null, primaryKey: [key?.name ?? "id"] },
    ...{ table: table ?? tableName(module.name), fields: declared.map(columnFrom), associations },
  };
}

interface DeclaredField {
  readonly name: string;
  readonly call: Call;
  readonly path: string;
  /** The class it is written in. */
  readonly holder: string;
}

function fieldsIn({ name: holder, facts, path }: ProjectModule): DeclaredField[] {
  return facts.attributes.flatMap(({ name, value }) =>
    value?.kind === "call" && (relations.has(value.function) || /Field$/.test(value.function)) ? [{ name, call: value, path, holder }] : [],
  );
}

function columnFrom({ name, call, path }: DeclaredField): SchemaField {
  const column = stringOf(optionOf(call, "db_column")) ?? (relations.get(call.function) === "belongs_to" ? `${name}_id` : name);
  const location = { path, span: call.span };
  return { ...location, name, type: call.function, virtual: false, column, default: optionOf(call, "default") };
}

function associationFrom(
  { name, call, path }: DeclaredField,
  owner: ProjectModule,
  models: ReadonlyMap<string, ProjectModule>,
): Association | null {
  const cardinality = relations.get(call.function);
  if (cardinality === undefined) return null;
  return {
    ...{ path, span: call.span, name, cardinality, through: [], joinTable: null },
    schema: targetOf(call.arguments[0]?.kind === "keyword" ? optionOf(call, "to") : call.arguments[0], owner, models),
    foreignKey: cardinality === "belongs_to" ? `${name}_id` : null,
  };
}

/** `Author`, `"Author"`, `"blog.Author"`, `"self"`; null for one outside the project, such as the configured user. */
function targetOf(written: Expression | null | undefined, owner: ProjectModule, models: ReadonlyMap<string, ProjectModule>): string | null {
  const name = moduleNameOf(written) ?? stringOf(written);
  if (name === null) return null;
  if (name === "self") return owner.name;
  const parts = name.split(".");
  const last = parts.at(-1) ?? "";
  const beside = owner.name.replace(/[^.]+$/, last);
  if (parts.length === 1 && models.has(beside)) return beside;
  const app = parts.length > 1 ? parts[0] : undefined;
  const found = [...models.keys()].filter((candidate) => {
    const segments = candidate.split(".");
    return segments.at(-1) === last && (app === undefined || segments.includes(app));
  });
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** What the database calls a model's table unless it is told: its application's name and its own. */
function tableName(name: string): string {
  const segments = name.split(".");
  const models = segments.lastIndexOf("models");
  return [segments[Math.max(0, models - 1)], segments.at(-1)].join("_").toLowerCase();
}

function metaOf(module: ProjectModule, modules: ReadonlyMap<string, ProjectModule>, name: string): Expression | null {
  return modules.get(`${module.name}.Meta`)?.facts.attributes.find((attribute) => attribute.name === name)?.value ?? null;
}

/** Adds to each model what others that point to it are called from there: `related_name`, or Django's own `comment_set`. */
function withReverse(
  schemas: ReadonlyMap<string, Schema>,
  declared: ReadonlyMap<string, readonly DeclaredField[]>,
  models: ReadonlyMap<string, ProjectModule>,
  modules: ReadonlyMap<string, ProjectModule>,
): Map<string, Schema> {
  const reverse = new Map<string, Association[]>();
  const isAbstract = (name: string): boolean => {
    const module = models.get(name);
    return module !== undefined && booleanOf(metaOf(module, modules, "abstract")) === true;
  };
  for (const owner of models.values()) {
    if (isAbstract(owner.name)) continue;
    const own = (declared.get(owner.name) ?? []).filter(({ holder }) => holder === owner.name || isAbstract(holder) || !models.has(holder));
    for (const field of own) {
      const association = associationFrom(field, owner, models);
      const name = reverseName(field.call, owner.name);
      if (association === null || association.schema === null || name === null) continue;
      const cardinality = otherSide.get(field.call.function) ?? "has_many";
      const seen: Association = { ...association, name, cardinality, schema: owner.name };
      reverse.set(association.schema, [...(reverse.get(association.schema) ?? []), seen]);
    }
  }
  return new Map(
    [...schemas].map(([name, schema]) => [name, { ...schema, associations: [...schema.associations, ...(reverse.get(name) ?? [])] }]),
  );
}

const otherSide: ReadonlyMap<string, Association["cardinality"]> = new Map([
  ["OneToOneField", "has_one"],
  ["ForeignKey", "has_many"],
  ["ManyToManyField", "many_to_many"],
]);

function reverseName(call: Call, schema: string): string | null {
  const own = (schema.split(".").at(-1) ?? "").toLowerCase();
  const written = stringOf(optionOf(call, "related_name"));
  if (written !== null) return written.endsWith("+") || written.includes("%(") ? null : written;
  return call.function === "OneToOneField" ? own : `${own}_set`;
}
