const ofBuild =
  /^(MIX_|CI$|CI_|GITHUB_|GIT_|BUILD|SOURCE_VERSION|HEROKU_SLUG|RELEASE_|VERSION|COMMIT|SHA|REVISION|HOME$|PATH$|USER$|TMP|NODE_ENV|DOCS?_|SKIP_|FORCE_|RUSTLER|CARGO|CC$|ELIXIR|OTP|ERL)|_(SHA|COMMIT|VERSION|REVISION|BUILD|BUILD_\w+|COMPILE\w*)$/i;

/** Whether an environment variable tells of the build itself: a revision, a version, the tool that builds. */
export function tellsOfBuild(name: string): boolean {
  return ofBuild.test(name);
}
