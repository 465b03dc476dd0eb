import { failure, found, type Found } from "./errors.js";
import type { Identifiers } from "./identifiers.js";
import { limits } from "./limits.js";
import type { Block, Team, User } from "./types.js";
import type { GivenView } from "./view-shapes.js";

interface PlainText {
  readonly type: "plain_text";
  readonly text: string;
}

/** A view in Slack's own wire shape. */
export interface View {
  readonly id: string;
  readonly team_id: string;
  readonly type: "modal" | "home";
  readonly title?: PlainText;
  readonly submit?: PlainText | undefined;
  readonly close?: PlainText | undefined;
  readonly blocks: readonly Block[];
  readonly callback_id: string;
  readonly external_id: string;
  readonly private_metadata: string;
  readonly state: { readonly values: Values };
  readonly hash: string;
  readonly root_view_id: string;
  readonly previous_view_id: string | null;
  readonly clear_on_close: boolean;
  readonly notify_on_close: boolean;
  readonly app_id: string;
  readonly bot_id: string;
}

/** What was filled in, by block and action. */
export type Values = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** What one person has open: modals, the topmost last, and the app's home. */
export interface Opened {
  readonly user: string;
  readonly modals: readonly View[];
  readonly home: View | null;
}

/** The views each person sees. */
export interface Views {
  readonly of: (user: string) => Opened;
  /** Opens a modal, on top of those that are open when `onTop`. */
  readonly open: (user: string, given: GivenView, onTop: boolean) => Found<View>;
  readonly update: (named: { readonly id?: string; readonly externalId?: string; readonly hash?: string }, given: GivenView) => Found<View>;
  readonly publish: (user: string, given: GivenView, hash?: string) => Found<View>;
  /** The person's topmost modal, when it is this one. */
  readonly topmost: (user: string, id: string) => View | null;
  /** Takes the topmost modal away, or all of them. */
  readonly close: (user: string, all: boolean) => void;
  readonly listen: (listener: (opened: Opened) => void) => void;
}

export interface ViewsConfig {
  readonly identifiers: Identifiers;
  readonly team: Team;
  readonly bot: User;
}

/** Keeps the views; nothing of them survives a restart. */
export function createViews({ identifiers, team, bot }: ViewsConfig): Views {
  const everyone = new Map<string, Opened>();
  const listeners: ((opened: Opened) => void)[] = [];
  const of = (user: string): Opened => everyone.get(user) ?? { user, modals: [], home: null };
  const set = (opened: Opened): void => {
    everyone.set(opened.user, opened);
    for (const listener of listeners) listener(opened);
  };
  const isTaken = (externalId: string | undefined, except: string | null): boolean =>
    externalId !== undefined &&
    externalId !== "" &&
    [...everyone.values()].some(({ modals, home }) =>
      [...modals, home].some((one) => one?.external_id === externalId && one.id !== except),
    );

  const made = (given: GivenView, id: string, above: View | null, root: string): View => ({
    ...given,
    callback_id: given.callback_id ?? "",
    external_id: given.external_id ?? "",
    private_metadata: given.private_metadata ?? "",
    clear_on_close: given.type === "modal" && given.clear_on_close === true,
    notify_on_close: given.type === "modal" && given.notify_on_close === true,
    ...{ id, team_id: team.id, app_id: team.appId, bot_id: bot.botId ?? "", state: { values: {} }, hash: identifiers.ts() },
    ...{ root_view_id: root, previous_view_id: above?.id ?? null },
  });

  const place = (named: { readonly id?: string; readonly externalId?: string }) => {
    const isNamed = (one: View): boolean => one.id === named.id || (one.external_id !== "" && one.external_id === named.externalId);
    for (const opened of everyone.values()) {
      const view = [...opened.modals, ...(opened.home === null ? [] : [opened.home])].find(isNamed);
      if (view !== undefined) return { opened, view };
    }
    return null;
  };

  return {
    of,
    open: (user, given, onTop) => {
      const { modals, home } = of(user);
      const below = onTop ? modals : [];
      if (below.length >= limits.viewsInStack) return failure("push_limit_reached");
      if (isTaken(given.external_id, null)) return failure("duplicate_external_id");
      const id = identifiers.next("V");
      const view = made(given, id, below.at(-1) ?? null, below[0]?.id ?? id);
      set({ user, modals: [...below, view], home });
      return found(view);
    },
    update: (named, given) => {
      const known = place(named);
      if (known === null) return failure("not_found");
      if (named.hash !== undefined && named.hash !== known.view.hash) return failure("hash_conflict");
      if (isTaken(given.external_id, known.view.id)) return failure("duplicate_external_id");
      const { opened, view } = known;
      const next = { ...made(given, view.id, null, view.root_view_id), previous_view_id: view.previous_view_id };
      const replaced = (one: View): View => (one.id === view.id ? next : one);
      set({ ...opened, modals: opened.modals.map(replaced), home: opened.home === null ? null : replaced(opened.home) });
      return found(next);
    },
    publish: (user, given, hash) => {
      const opened = of(user);
      if (hash !== undefined && opened.home !== null && hash !== opened.home.hash) return failure("hash_conflict");
      const id = opened.home?.id ?? identifiers.next("V");
      const view = made(given, id, null, id);
      set({ ...opened, home: view });
      return found(view);
    },
    topmost: (user, id) => {
      const top = of(user).modals.at(-1);
      return top?.id === id ? top : null;
    },
    close: (user, all) => {
      const opened = of(user);
      set({ ...opened, modals: all ? [] : opened.modals.slice(0, -1) });
    },
    listen: (listener) => void listeners.push(listener),
  };
}
