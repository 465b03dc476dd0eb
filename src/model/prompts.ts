/** One task the model is given; its prompt, schema and cases carry this name. */
export const modelTasks = ["review", "refute", "question"] as const;
export type ModelTask = (typeof modelTasks)[number];

/** The texts of `prompts/`, as written; Guard's own words, the same for every repository. */
export interface Prompts {
  /** Who Guard is and how it speaks, whatever the task. */
  readonly persona: string;
  /** The shared frameworks, in the order they are sent. */
  readonly shared: readonly { readonly name: string; readonly text: string }[];
  /** What is asked for, one text a task. */
  readonly tasks: Readonly<Record<ModelTask, string>>;
}
