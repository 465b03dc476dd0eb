import type { Project } from "../../model/project.js";

/** The model whose rows `name` gives, where `name` is the standard manager of one (`shop.models.Order.objects`, as written in `module`); null otherwise. */
export function modelBehind(project: Project, module: string, name: string): string | null {
  const manager = /^(.+?)\.(?:objects|_default_manager)$/.exec(name)?.[1];
  if (manager === undefined) return null;
  const model = modelNamed(project, module, manager);
  if (model === null) return null;
  // A manager of the project's own may load relations by itself.
  const own = project.modules.get(model)?.facts.attributes.some((attribute) => attribute.name === "objects") ?? false;
  return own ? null : model;
}

/** A model by the name it is imported under: whole, or as seen from a folder around the module. */
function modelNamed(project: Project, module: string, name: string): string | null {
  const around = module.split(".");
  for (let length = around.length; length >= 0; length -= 1) {
    const candidate = [...around.slice(0, length), name].join(".");
    if (project.schemas.has(candidate)) return candidate;
  }
  // Packages pass their models on: `shop.models.Order` may be written in `shop.models.order`.
  const segments = name.split(".");
  const last = segments.at(-1) ?? "";
  const found = [...project.schemas.keys()].filter(
    (model) => model.endsWith(`.${last}`) && model.includes(segments.slice(0, -1).join(".")),
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}
