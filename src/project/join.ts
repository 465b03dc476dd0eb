import type { Advisory } from "../model/advisories.js";
import type { Coverage } from "../model/coverage.js";
import type { Facts } from "../model/facts.js";
import type { Project } from "../model/project.js";
import type { EffectVocabulary } from "../model/vocabulary.js";
import { buildGraph, createContextOf } from "./calls/graph.js";
import { indexFunctions } from "./calls/index-functions.js";
import { templateFunctions } from "./calls/templates.js";
import { configurationOf } from "./configuration.js";
import { replayDatabase } from "./database/replay.js";
import type { StructureFile } from "./database/structure.js";
import { coverageByPath } from "./coverage-of.js";
import { dependenciesOf } from "./dependencies.js";
import { closeEffects } from "./effects/close.js";
import { repositoryFunctionsOf } from "./effects/match.js";
import { indexModules } from "./modules/index-modules.js";
import { repositoriesOf, withAbsentRepositories } from "./repositories.js";
import { processesOf } from "./processes/processes.js";
import { readRouters } from "./router/routers.js";
import { modelsOf } from "./schemas/models.js";
import { schemasOf } from "./schemas/schemas.js";
import { testFilesOf } from "./test-files.js";

/** What the join may be given beside facts: texts that are no source code. */
export interface JoinOptions {
  /** `priv/…/structure.sql` files. */
  readonly structureSql?: readonly StructureFile[];
  /** Published faults of packages; none when nobody locks a version. */
  readonly advisories?: readonly Advisory[];
  /** An export of what ran while the tests ran. */
  readonly coverage?: Coverage;
}

/** Joins the facts of all files of one tree into the project: a pure function, to be asked through the questions of this folder. */
export function joinProject(files: readonly Facts[], vocabulary: EffectVocabulary, options: JoinOptions = {}): Project {
  const index = indexModules(files);
  const { modules, injections } = index;
  const functionIndex = indexFunctions(index, templateFunctions(files, modules));
  const repositoryModules = repositoriesOf(modules);
  const configuration = configurationOf(files);
  const contextOf = createContextOf(index, functionIndex, vocabulary, repositoryModules, configuration);
  const graph = buildGraph(files, index, functionIndex, contextOf);
  const resolverOf = (module: string) => contextOf(module)?.resolver ?? null;
  return {
    files: new Map(files.map((file) => [file.path, file])),
    modules,
    functions: functionIndex.functions,
    ...graph,
    effects: closeEffects(graph.directEffects, graph.callers),
    repositoryModules: withAbsentRepositories(repositoryModules, modules, graph.directEffects),
    repositoryFunctions: repositoryFunctionsOf(vocabulary),
    schemas: new Map([...schemasOf(modules, injections), ...modelsOf(modules, (module) => resolverOf(module)?.expand ?? null)]),
    database: replayDatabase(files, modules, configuration, options.structureSql ?? []),
    ...readRouters({ modules, injections, resolverOf }),
    processes: processesOf({ modules, functions: functionIndex.functions.values(), configuration, resolverOf }),
    tests: testFilesOf(files, contextOf, graph.calls),
    configuration,
    dependencies: dependenciesOf(files),
    advisories: options.advisories ?? [],
    ...(options.coverage === undefined
      ? {}
      : {
          coverage: coverageByPath(
            options.coverage,
            files.map(({ path }) => path),
          ),
        }),
  };
}
