import { useState } from "preact/hooks";
import { explain } from "../client.js";
import { usePage } from "../context.js";
import { Dialog } from "../dialog.js";
import { safeAddress } from "../plain-text.js";
import type { KnownButton } from "./shapes.js";

interface ActionButtonProps {
  readonly button: KnownButton;
  readonly blockId: string;
  readonly channel: string;
  readonly ts: string;
}

interface ConfirmProps {
  readonly confirm: NonNullable<KnownButton["confirm"]>;
  readonly isDangerous: boolean;
  readonly onAnswer: (isConfirmed: boolean) => void;
}

function Confirm({ confirm, isDangerous, onAnswer }: ConfirmProps) {
  return (
    <Dialog title={confirm.title.text} onClose={() => onAnswer(false)}>
      <p>{confirm.text.text}</p>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => onAnswer(false)}>
          {confirm.deny.text}
        </button>
        <button type="button" class={isDangerous ? "button button-danger" : "button button-primary"} onClick={() => onAnswer(true)}>
          {confirm.confirm.text}
        </button>
      </div>
    </Dialog>
  );
}

/** A Block Kit button: asks for confirmation when it should, then tells the app and waits for its acknowledgement. */
export function ActionButton({ button, blockId, channel, ts }: ActionButtonProps) {
  const { client } = usePage();
  const [phase, setPhase] = useState<"idle" | "asking" | "waiting">("idle");
  const [problem, setProblem] = useState<string | null>(null);
  const press = async (): Promise<void> => {
    setPhase("waiting");
    setProblem(null);
    const address = button.url === undefined ? null : safeAddress(button.url);
    if (address !== null) window.open(address, "_blank", "noopener,noreferrer");
    const called = await client.click(channel, ts, blockId, button.action_id);
    setPhase("idle");
    if (!called.ok) setProblem(explain(called.error));
  };
  return (
    <span class="action">
      <button
        type="button"
        class={`button${button.style === undefined ? "" : ` button-${button.style}`}`}
        aria-label={button.accessibility_label}
        aria-busy={phase === "waiting"}
        disabled={phase === "waiting"}
        onClick={() => (button.confirm === undefined ? void press() : setPhase("asking"))}
      >
        {button.text.text}
      </button>
      {problem !== null && (
        <span class="action-problem" role="alert">
          {problem}
        </span>
      )}
      {phase === "asking" && button.confirm !== undefined && (
        <Confirm
          confirm={button.confirm}
          isDangerous={button.style === "danger"}
          onAnswer={(isConfirmed) => (isConfirmed ? void press() : setPhase("idle"))}
        />
      )}
    </span>
  );
}
