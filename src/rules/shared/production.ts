const elsewhere =
  /(^|\/)(tests?|bench|benchmarks?|benches|examples?|dev|scripts?|deps|_build|e2e|integration_test|fixtures?|support|priv|rel|node_modules|mix\/tasks|mix)\//;
const byName = /(_test|_case|release|release_tasks|factory|seeds?|mix)\.exs?$/;

/** Whether a file is code that runs while the application serves: not a test, script, seed, migration, mix task or release task. */
export function isProduction(path: string): boolean {
  return !path.endsWith(".exs") && !elsewhere.test(path) && !byName.test(path);
}
