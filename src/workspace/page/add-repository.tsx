import { useState } from "preact/hooks";
import { usePage } from "./context.js";
import { Dialog } from "./dialog.js";

interface Added {
  readonly ok: boolean;
  readonly name?: string;
  readonly sentence?: string;
}

async function add(location: string): Promise<Added> {
  try {
    const response = await fetch("/page/repositories", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ location }),
    });
    return (await response.json()) as Added;
  } catch {
    return { ok: false, sentence: "The workspace does not answer; start it again." };
  }
}

/** Asks for a git URL or a path and hands it to Guard. */
export function AddRepository() {
  const { dispatch } = usePage();
  const [location, setLocation] = useState("");
  const [isAdding, setAdding] = useState(false);
  const [added, setAdded] = useState<Added | null>(null);
  const close = (): void => dispatch({ kind: "add_repository", isOpen: false });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setAdding(true);
    setAdded(await add(location));
    setAdding(false);
  };
  return (
    <Dialog title="Add repository" onClose={close}>
      <form onSubmit={(event) => void submit(event)}>
        <label>
          Git URL, or path on this machine
          <input
            type="text"
            required
            value={location}
            placeholder="https://github.com/you/shop.git or /home/you/shop"
            onInput={(event) => setLocation(event.currentTarget.value)}
          />
        </label>
        {added?.ok === false && (
          <p class="dialog-problem" role="alert">
            {added.sentence}
          </p>
        )}
        {added?.ok === true && (
          <p class="dialog-success" role="status">
            <strong>{added.name}</strong> is here. Ask about it: <code>@guard review a/file.ex in {added.name}</code>
          </p>
        )}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={close}>
            {added?.ok === true ? "Done" : "Cancel"}
          </button>
          <button type="submit" class="button button-primary" disabled={isAdding || location.trim() === ""}>
            {isAdding ? "Adding…" : "Add"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
