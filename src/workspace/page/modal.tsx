import { useState } from "preact/hooks";
import * as z from "zod/mini";
import type { View } from "../views.js";
import { BlockList } from "./block-kit/blocks.js";
import { InputBlock } from "./block-kit/input.js";
import { readInput, type KnownInput } from "./block-kit/shapes.js";
import { explain } from "./client.js";
import { usePage } from "./context.js";
import { Dialog } from "./dialog.js";

type Filled = Readonly<Record<string, string>>;

const refused = z.object({ errors: z.record(z.string(), z.string()) });

function initialOf({ element }: KnownInput): string {
  return element.type === "plain_text_input" ? (element.initial_value ?? "") : (element.initial_option?.value ?? "");
}

/** A modal the app opened: its blocks, its inputs, and the two buttons below. */
export function Modal({ view }: { readonly view: View }) {
  const { client } = usePage();
  const inputs = view.blocks.flatMap((block) => readInput(block) ?? []);
  const [filled, setFilled] = useState<Filled>(() => Object.fromEntries(inputs.map((input) => [input.block_id, initialOf(input)])));
  const [problems, setProblems] = useState<Filled>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSending(true);
    const values = Object.fromEntries(inputs.map(({ block_id, element }) => [block_id, { [element.action_id]: filled[block_id] ?? "" }]));
    const called = await client.submitView(view.id, values);
    setSending(false);
    setProblem(called.ok ? null : explain(called.error));
    setProblems(refused.safeParse(called).data?.errors ?? {});
  };
  return (
    <Dialog title={view.title?.text ?? ""} onClose={() => void client.closeView(view.id)}>
      <form onSubmit={(event) => void submit(event)}>
        {view.blocks.map((block, index) => {
          const input = readInput(block);
          if (input === null) return <BlockList key={index} blocks={[block]} channel="" ts="" />;
          const change = (value: string): void => setFilled({ ...filled, [input.block_id]: value });
          const value = filled[input.block_id] ?? "";
          return <InputBlock key={index} input={input} value={value} problem={problems[input.block_id]} onChange={change} />;
        })}
        {problem !== null && (
          <p class="dialog-problem" role="alert">
            {problem}
          </p>
        )}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => void client.closeView(view.id)}>
            {view.close?.text ?? "Cancel"}
          </button>
          {view.submit !== undefined && (
            <button type="submit" class="button button-primary" disabled={isSending}>
              {view.submit.text}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
