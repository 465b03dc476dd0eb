import { failure } from "../errors.js";
import type { State } from "../state.js";
import type { Team, User } from "../types.js";
import { actorMethod, paginate, type Methods } from "./method.js";

const describe = (user: User, team: Team): Readonly<Record<string, unknown>> => ({
  id: user.id,
  team_id: team.id,
  name: user.name,
  deleted: false,
  real_name: user.realName,
  tz: "Etc/UTC",
  tz_label: "Coordinated Universal Time",
  tz_offset: 0,
  locale: "en-GB",
  is_admin: user.isAdmin,
  is_owner: user.isAdmin,
  is_restricted: user.isGuest === true,
  is_ultra_restricted: false,
  is_bot: user.botId !== null,
  is_app_user: false,
  profile: {
    real_name: user.realName,
    display_name: user.name,
    team: team.id,
    ...(user.botId === null ? {} : { bot_id: user.botId, api_app_id: team.appId }),
  },
});

/** users.*: the people of the workspace and the app's bot. */
export const userMethods = (state: State): Methods => ({
  "users.list": actorMethod("two", ({ given }) => {
    const listing = paginate(given, [...state.people, state.bot], 1000);
    if (!listing.ok) return listing;
    const members = listing.page.map((user) => describe(user, state.team));
    return { ok: true, members, response_metadata: { next_cursor: listing.cursor } };
  }),
  "users.info": actorMethod("four", ({ given }) => {
    const user = state.user(given.text("user") ?? "");
    return user === undefined ? failure("user_not_found") : { ok: true, user: describe(user, state.team) };
  }),
});
