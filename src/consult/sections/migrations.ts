import type { ComposeSection } from "../matter.js";
import { omitted, said } from "../matter.js";
import { describePatch } from "./patches.js";

/** The generated migration files. */
export const composeMigrations: ComposeSection = (matter) => {
  const migrations = matter.patches.filter((patch) => patch.kind === "migration");
  if (migrations.length === 0) return omitted("No problem here changes the database's structure.");
  return said(
    ...migrations.map((patch) => describePatch(patch, matter)),
    migrations.some((patch) => patch.after.includes("concurrently: true"))
      ? "The index is built concurrently, outside a transaction and without the migration lock, so the table stays writable meanwhile. If the build is interrupted PostgreSQL leaves an invalid index behind: drop it and run the migration again."
      : "",
  );
};
