const djangoOnce = /(^|\/)migrations\/|(^|\/)(conftest|tests?|test_[^/]*|[^/]*_test)\.py$/;
const nodeOnce =
  /(^|\/)(__tests__|__mocks__|migrations?|seeds?|seeders?|seeding|specs?|cypress|mocks?|tools|bin|cli)\/|\.(test|spec|e2e|e2e-spec|stories|config|seed)\.[cm]?[jt]s$|(^|\/)seed[^/]*$/;

/** Whether a Python or JavaScript file is code that runs while the application serves, as far as its path tells beyond `isProduction`. */
export function isServing(path: string): boolean {
  return path.endsWith(".py") ? !djangoOnce.test(path) : !nodeOnce.test(path);
}

/** Whether a file is started by hand: a management command. */
export function isCommand(path: string): boolean {
  return /(^|\/)management\/commands\//.test(path);
}
