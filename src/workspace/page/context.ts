import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Person, Snapshot } from "../page-frames.js";
import type { Client } from "./client.js";
import type { Action, PageState } from "./model.js";

/** What every part of the page can reach. */
export interface Page {
  readonly state: PageState;
  readonly snapshot: Snapshot;
  readonly actor: Person;
  readonly client: Client;
  readonly dispatch: (action: Action) => void;
}

const PageContext = createContext<Page | null>(null);
export const PageProvider = PageContext.Provider;

/** The page around the component that asks. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === null) throw new Error("usePage is called outside the page.");
  return page;
}
