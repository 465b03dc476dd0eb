import type { SourceTree } from "../../model/tree.js";
import { decodeSource } from "../decode.js";

/** Where code that came with a message belongs. */
export interface Home {
  readonly repository: string;
  readonly path: string;
}

/** The one file of the tree with the attached file's name that defines the same module; null when there is none or several. */
export async function findHome(tree: SourceTree, file: { readonly name: string; readonly text: string }): Promise<string | null> {
  const module = firstModule(file.text);
  if (module === null) return null;
  const name = file.name.split(/[/\\]/).at(-1) ?? "";
  const entries = (await tree.list()).filter(({ path }) => path === name || path.endsWith(`/${name}`));
  const homes: string[] = [];
  for await (const { entry, bytes } of tree.read(entries)) {
    const decoded = bytes === null ? null : decodeSource(bytes);
    if (decoded?.kind === "text" && firstModule(decoded.text) === module) homes.push(entry.path);
  }
  const [only, second] = homes;
  return only !== undefined && second === undefined ? only : null;
}

function firstModule(text: string): string | null {
  return /^\s*defmodule[ (]+([A-Z][\w.]*)/m.exec(text)?.[1] ?? null;
}
