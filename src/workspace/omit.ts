/** A copy without the named fields. */
export function omit<Value extends object, Key extends keyof Value>(value: Value, ...names: readonly Key[]): Omit<Value, Key> {
  const copy = { ...value };
  names.forEach((name) => Reflect.deleteProperty(copy, name));
  return copy;
}
