import type { Route } from "../../model/project.js";

/** A route before its plugs are put together. */
export type DraftRoute = Omit<Route, "plugs">;
