const elsewhere =
  /(^|\/)(tests?|bench|benchmarks?|benches|examples?|dev|scripts?|deps|_build|(\w+_)?e2e|integration_test|fixtures?|support|priv|rel|node_modules|mix|backfills?|data_migrations?)\/|\/change_\d+/;
const byName = /(_test|_case|release|release_tasks|factory|seeds?|mix|backfill)\.exs?$/;
const once = /(^|\/)(priv|rel|mix|scripts?)\/|(^|[/_])(release|release_tasks|seeds?)\.exs?$/;

/** Whether a file is code that runs while the application serves: not a test, script, seed, migration, mix task or release task. */
export function isProduction(path: string): boolean {
  return !path.endsWith(".exs") && !elsewhere.test(path) && !byName.test(path);
}

/** Whether a file is started by hand or by a deployment: a migration, mix task, script, seed or release task. */
export function runsOnce(path: string): boolean {
  return once.test(path);
}
