import { describe, expect, test } from "vitest";
import type { Database } from "../../src/model/project.js";
import { projectFrom } from "../support/project.js";

function afterSql(sql: string): Database {
  const text = `defmodule M do\n  use Ecto.Migration\n  def up do\n    execute """\n${sql}\n    """\n  end\nend\n`;
  return projectFrom({ "priv/repo/migrations/20240101000000_a.exs": text }).database;
}

describe("plain DDL in execute", () => {
  test("CREATE TABLE brings columns, keys and constraints", () => {
    const { tables, unread } = afterSql(`
      CREATE TABLE IF NOT EXISTS public.orders (
        id bigserial PRIMARY KEY,
        "user_id" bigint NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        price numeric(10, 2) DEFAULT 0.0,
        code text UNIQUE,
        CONSTRAINT positive CHECK (price > 0),
        FOREIGN KEY (code) REFERENCES codes(code)
      );`);
    const table = tables.get("orders");
    expect([...(table?.columns.values() ?? [])].map((column) => `${column.name}:${column.type}`)).toEqual([
      "id:bigserial",
      "user_id:bigint",
      "price:numeric(10, 2)",
      "code:text",
    ]);
    expect(table?.columns.get("user_id")).toMatchObject({
      nullable: false,
      references: { table: "users", column: "id", onDelete: "delete_all" },
    });
    expect(table?.columns.get("code")?.references).toMatchObject({ table: "codes", column: "code" });
    expect(table?.indexes.map((index) => index.name)).toEqual(["orders_pkey", "orders_code_key"]);
    expect(table?.constraints.map((constraint) => constraint.kind)).toEqual(["primary_key", "unique", "check", "foreign_key"]);
    expect(unread).toEqual([]);
  });

  test("CREATE INDEX is read in all its parts", () => {
    const { tables } = afterSql(
      "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS by_mail ON users USING btree (lower(mail), team_id DESC) WHERE deleted IS NULL;",
    );
    expect(tables.get("users")?.indexes).toMatchObject([
      {
        name: "by_mail",
        columns: ["(lower(mail))", "team_id"],
        unique: true,
        where: "deleted IS NULL",
        method: "btree",
        concurrently: true,
      },
    ]);
  });

  test("ALTER TABLE adds, changes, renames, validates and drops", () => {
    const { tables, unread } = afterSql(`
      CREATE TABLE a (id bigint, b_id bigint, old text);
      ALTER TABLE ONLY a ADD CONSTRAINT a_b_fkey FOREIGN KEY (b_id) REFERENCES b(id) NOT VALID, ALTER COLUMN id SET NOT NULL;
      ALTER TABLE a VALIDATE CONSTRAINT a_b_fkey;
      ALTER TABLE a RENAME COLUMN old TO fresh;
      ALTER TABLE a ADD COLUMN IF NOT EXISTS size integer DEFAULT 1 NOT NULL;
      ALTER TABLE a ALTER COLUMN size TYPE bigint USING size::bigint;
      CREATE INDEX by_b ON a (b_id); ALTER INDEX by_b RENAME TO a_by_b;
      ALTER TABLE a DROP COLUMN IF EXISTS nothing;
    `);
    const table = tables.get("a");
    expect(table?.columns.get("b_id")?.references).toMatchObject({ table: "b", validated: true });
    expect(table?.columns.get("id")?.nullable).toBe(false);
    expect([...(table?.columns.keys() ?? [])]).toEqual(["id", "b_id", "fresh", "size"]);
    expect(table?.columns.get("size")).toMatchObject({ type: "bigint", default: "1", nullable: false });
    expect(table?.indexes.map((index) => index.name)).toEqual(["a_by_b"]);
    expect(unread).toEqual([]);
  });

  test("what changes no table is passed over, even where it holds words of DDL", () => {
    const { unread, tables } = afterSql(`
      CREATE EXTENSION IF NOT EXISTS citext;
      CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $$ BEGIN INSERT INTO a VALUES (1); RETURN NEW; END; $$ LANGUAGE plpgsql;
      UPDATE users SET name = 'drop table; users' WHERE id = 1; -- DROP TABLE users
      CREATE VIEW v AS SELECT 1;
    `);
    expect([tables.size, unread]).toEqual([0, []]);
  });

  test("code that alters tables is unread, with the table named where it can be", () => {
    const { unread } = afterSql("DO $$ BEGIN ALTER TABLE users ADD COLUMN x text; END $$;");
    expect(unread.map((statement) => statement.table)).toEqual(["users"]);
  });

  test("an unknown table name leaves the statement unread, an unknown schema does not", () => {
    const text = `defmodule M do
  use Ecto.Migration
  def up do
    execute("CREATE INDEX x ON #{table()} (id)")
    execute("ALTER TABLE #{schema()}.orders ADD COLUMN y text")
  end
end
`;
    const { unread, tables } = projectFrom({ "priv/repo/migrations/20240101000000_a.exs": text }).database;
    expect(unread.map((statement) => statement.table)).toEqual([null]);
    expect([...tables.keys()]).toEqual(["orders"]);
  });

  test("a table made like another has its columns", () => {
    const { tables } = afterSql(
      "CREATE TABLE a (x text, y text); CREATE TABLE b (LIKE a INCLUDING DEFAULTS) PARTITION BY RANGE (x); CREATE TABLE c AS SELECT * FROM a;",
    );
    expect(["b", "c"].map((name) => [...(tables.get(name)?.columns.keys() ?? [])])).toEqual([
      ["x", "y"],
      ["x", "y"],
    ]);
  });
});

describe("structure.sql", () => {
  const dump = `
CREATE TABLE public.users (id bigint NOT NULL, email character varying(255));
COMMENT ON TABLE public.users IS 'people';
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE INDEX users_email_index ON public.users USING btree (email);
INSERT INTO public."schema_migrations" (version) VALUES (20240101000000);
`;
  const first =
    "defmodule A do\n  use Ecto.Migration\n  def change do\n    create table(:users) do\n      add :email, :string\n    end\n  end\nend\n";
  const second = "defmodule B do\n  use Ecto.Migration\n  def change, do: drop(index(:users, [:email]))\nend\n";

  test("is the base that only later migrations change, and columns keep the migration's place", () => {
    const { database } = projectFrom({
      "priv/repo/structure.sql": dump,
      "priv/repo/migrations/20240101000000_a.exs": first,
      "priv/repo/migrations/20240102000000_b.exs": second,
    });
    const table = database.tables.get("users");
    expect(table?.indexes.map((index) => index.name)).toEqual(["users_pkey"]);
    expect(table?.columns.get("id")).toMatchObject({ primaryKey: true, type: "bigint" });
    expect(table?.columns.get("email")?.path).toBe("priv/repo/migrations/20240101000000_a.exs");
  });

  test("alone it is enough", () => {
    const { database } = projectFrom({ "priv/repo/structure.sql": dump });
    expect(database.migrations).toBe(1);
    expect(database.tables.get("users")?.path).toBe("priv/repo/structure.sql");
  });
});
