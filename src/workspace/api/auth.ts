import { failure } from "../errors.js";
import type { State } from "../state.js";
import type { Tokens } from "../authentication.js";
import { actorMethod, type Methods } from "./method.js";

/** auth.*: whose token this is, and giving it up. */
export const authMethods = (state: State, tokens: Tokens, baseUrl: () => string): Methods => ({
  "auth.test": actorMethod("unlimited", ({ caller }) => ({
    ok: true,
    url: `${baseUrl()}/`,
    team: state.team.name,
    user: caller.user.name,
    team_id: state.team.id,
    user_id: caller.user.id,
    ...(caller.kind === "bot" ? { bot_id: caller.botId } : {}),
    is_enterprise_install: false,
  })),
  "auth.revoke": actorMethod("three", ({ given, token }) => {
    if (given.flag("test")) return { ok: true, revoked: false };
    if (token === "") return failure("not_authed");
    tokens.revoke(token);
    return { ok: true, revoked: true };
  }),
});
