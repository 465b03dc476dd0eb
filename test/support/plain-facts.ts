import type { Facts, ModuleFacts } from "../../src/model/facts.js";

/** Remembered facts with everything read, as the plain values that were remembered. */
export function plainFacts({ path, language, lines, lineStarts, modules, topLevel, comments, damage }: Facts): Facts {
  return { path, language, lines, lineStarts, modules: modules.map(plainModule), topLevel, comments, damage };
}

function plainModule(module: ModuleFacts): ModuleFacts {
  const { body, expressions, conditions } = module;
  const attributes = module.attributes.map(({ name, value, span }) => ({ name, value, span }));
  const functions = module.functions.map((definition) => ({
    ...definition,
    clauses: definition.clauses.map(({ parameters, guard, body: written, span }) => ({ parameters, guard, body: written, span })),
  }));
  return { ...module, attributes, functions, body, expressions, conditions };
}
