const elsewhere = /(^|\/)(examples?|e2e|bench|benchmarks?|tests?|fixtures?|integration_test|deps|dev)\//;

/** Whether a file configures the application where it serves: not development, tests or an example beside it. */
export function isProductionConfiguration(path: string): boolean {
  return /(^|\/)config\/(?!(dev|test|e2e|ci)[^/]*$)[^/]*\.exs$/.test(path) && !elsewhere.test(path);
}
