import { useId } from "preact/hooks";
import type { KnownInput } from "./shapes.js";

interface InputProps {
  readonly input: KnownInput;
  readonly value: string;
  /** Why what is filled in was not taken. */
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
}

function Choices({ input, value, onChange }: Omit<InputProps, "problem">) {
  const name = useId();
  const { element } = input;
  if (element.type === "plain_text_input") return null;
  return (
    <fieldset class="choices">
      <legend>{input.label.text}</legend>
      {element.options.map((option) => (
        <label key={option.value} class="choice">
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>
            {option.text.text}
            {option.description !== undefined && <span class="choice-note">{option.description.text}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Written({ input, value, onChange }: Omit<InputProps, "problem">) {
  const id = useId();
  const { element } = input;
  if (element.type !== "plain_text_input") return null;
  const shared = {
    id,
    value,
    required: input.optional !== true,
    maxLength: element.max_length ?? 3_000,
    placeholder: element.placeholder?.text ?? "",
  };
  return (
    <>
      <label for={id}>
        {input.label.text}
        {input.optional === true && <span class="optional"> (optional)</span>}
      </label>
      {element.multiline === true ? (
        <textarea {...shared} rows={4} onInput={(event) => onChange(event.currentTarget.value)} />
      ) : (
        <input {...shared} type="text" onInput={(event) => onChange(event.currentTarget.value)} />
      )}
    </>
  );
}

function Chosen({ input, value, onChange }: Omit<InputProps, "problem">) {
  const id = useId();
  const { element } = input;
  if (element.type !== "static_select") return null;
  return (
    <>
      <label for={id}>{input.label.text}</label>
      <select id={id} value={value} required={input.optional !== true} onChange={(event) => onChange(event.currentTarget.value)}>
        {element.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text.text}
          </option>
        ))}
      </select>
    </>
  );
}

/** One input of a modal: its label, the field, a hint, and what was wrong with it. */
export function InputBlock(props: InputProps) {
  const { input, problem } = props;
  const kind = input.element.type;
  return (
    <div class="block-input">
      {kind === "radio_buttons" ? <Choices {...props} /> : kind === "static_select" ? <Chosen {...props} /> : <Written {...props} />}
      {input.hint !== undefined && <p class="hint">{input.hint.text}</p>}
      {problem !== undefined && (
        <p class="dialog-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
