/** What a schema block's lines need to know about the module they stand in. */
export interface SchemaContext {
  readonly module: string;
  readonly path: string;
  /** `@foreign_key_type`. */
  readonly foreignKeyType: string;
  readonly timestampType: string;
}
