import type { BlockShape, FunctionShape, StatementShape } from "../../model/likeness/shapes.js";
import { count, flag, list, record, span } from "./shapes.js";

const statements = list(record<StatementShape>({ span, digest: count, size: count }));
const blocks = list(record<BlockShape>({ clause: count, body: flag, statements }));

/** The shapes of a file's functions. */
export const functionShapes = list(record<FunctionShape>({ module: count, function: count, digest: count, size: count, blocks }));
