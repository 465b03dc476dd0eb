import { useEffect, useMemo, useReducer } from "preact/hooks";
import { AddRepository } from "./add-repository.js";
import { ChannelPane } from "./channel.js";
import { createClient } from "./client.js";
import { connect } from "./connection.js";
import { PageProvider } from "./context.js";
import { Modal } from "./modal.js";
import { findPerson, initialState, reduce, type Action } from "./model.js";
import { readPlace } from "./place.js";
import { Sidebar } from "./sidebar.js";
import { ThreadPane } from "./thread.js";

/** Follows a permalink once the workspace is known, and takes the token out of the address. */
function useOpeningPlace(isReady: boolean, dispatch: (action: Action) => void): void {
  useEffect(() => {
    if (!isReady) return;
    const place = readPlace(new URL(location.href));
    if (place !== null) dispatch({ kind: "go_to", ...place });
    history.replaceState(null, "", "/");
  }, [isReady]);
}

/** The whole page. */
export function App() {
  const [state, dispatch] = useReducer(reduce, initialState);
  const { snapshot } = state;
  useEffect(
    () =>
      connect(
        (frame) => dispatch({ kind: "frame", frame }),
        () => dispatch({ kind: "offline" }),
      ),
    [],
  );
  useOpeningPlace(snapshot !== null, dispatch);
  const actor = snapshot === null ? undefined : findPerson(snapshot, state.actor);
  const client = useMemo(() => createClient(actor?.token ?? ""), [actor?.token]);
  if (snapshot === null || actor === undefined) {
    return (
      <p class="opening" role="status">
        Opening the workspace…
      </p>
    );
  }
  const modal = snapshot.views.find(({ user }) => user === actor.id)?.modals.at(-1);
  return (
    <PageProvider value={{ state, snapshot, actor, client, dispatch }}>
      <div class={state.thread === null ? "layout" : "layout has-thread"}>
        <Sidebar />
        {state.isSidebarOpen && (
          <button type="button" class="scrim" aria-label="Close channels" onClick={() => dispatch({ kind: "sidebar", isOpen: false })} />
        )}
        <ChannelPane />
        {state.thread !== null && <ThreadPane root={state.thread} />}
      </div>
      {state.isAddingRepository && <AddRepository />}
      {modal !== undefined && <Modal key={`${modal.id} ${modal.hash}`} view={modal} />}
    </PageProvider>
  );
}
