/** What a name stands for. */
export interface Name {
  /** Dotted name of the thing itself, or of what made the value; null when that is not known. */
  readonly origin: string | null;
  /** Bound by an import or a definition, so that it stands for the thing itself and not for a value made by it. */
  readonly fixed: boolean;
}

/** Names of one scope and of those around it. */
export interface Names {
  readonly known: Map<string, Name>;
  readonly outer: Names | null;
}

export const unknownName: Name = { origin: null, fixed: false };

export function namesInside(outer: Names | null): Names {
  return { known: new Map(), outer };
}

export function findName(names: Names, name: string): Name {
  for (let scope: Names | null = names; scope !== null; scope = scope.outer) {
    const found = scope.known.get(name);
    if (found !== undefined) return found;
  }
  return unknownName;
}
