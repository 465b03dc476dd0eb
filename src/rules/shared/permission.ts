import type { Expression } from "../../model/expression.js";
import { outlineOfClause } from "../../model/outline.js";
import type { FunctionId, Location, Project } from "../../model/project.js";
import { collect, walk } from "../../model/walk.js";
import { effectsOf } from "../../project/effects-of.js";
import { reachOf } from "../../project/reach-of.js";
import { perProject } from "./per-project.js";
import { spoken } from "./written.js";

const checkingModule =
  /(^|\.)(Bodyguard|Canada|Canary|LetMe|\w*(Polic(y|ies)|Permissions?|Permit|Authori[sz]\w*|Abilit(y|ies)|AccessControl|Filters))(\.|$)/;
const library = /^(Enum|Map|MapSet|Keyword|List|String|Regex|Access|Ecto|Plug|Phoenix|Logger|File|Application|Process|GenServer)(\.|$)/;
const checkingFunction =
  /authori[sz]|permi(t|ssion)|forbid|polic(y|ies)|(^|_)can(_|\?$)|allowed|allow_|(^|_)access(_|$|\?)|owner|owned|(^|_)own(s|ed)?(_|\?|$)|member\?|visible|belongs_to_|(ensure|require|check|verify|assert|validate)_\w*(user|role|member|admin|account|team|right|grant|scope)|(^|_)(is_)?(admin|moderator|staff)\?|scoped?(_|$)|_(for|by|of)_(current_)?(user|person|viewer|actor|account|member|owner|scope)/;
const requesterName =
  /^_?(current_\w+|scope|me|viewer|actor|requester|requestor|auth|claims|user|person|member|account|organi[sz]ation|tenant|team|identity|subject|permissions?)$/;
const requesterField = /^(current_\w+|me|scope|user|viewer|actor|person|claims|subject|identity|course_reg|tenant)$/;
const requesterCall = /^(current_\w+|me|find_me|viewer|get_user|current_resource)$/;

/** How far from a handler a check may stand: through an operation and its loader. */
const furthest = 3;

/** A call that asks by its name whether somebody may, or that is given the scope of who is asking. */
export interface PermissionCheck {
  readonly name: string;
  /** It takes a `%Scope{}`, by which it limits what it finds and changes. */
  readonly scopes: boolean;
  readonly at: Location;
}

/** The nearest such call in a function or in what it leads to; null when there is none. */
export function permissionCheck(id: FunctionId, project: Project): PermissionCheck | null {
  const known = checked(project);
  const earlier = known.get(id);
  if (earlier !== undefined) return earlier;
  const found = firstCheck(reachOf(id, project, furthest), project);
  known.set(id, found);
  return found;
}

const checked = perProject(() => new Map<FunctionId, PermissionCheck | null>());

function firstCheck(reach: readonly FunctionId[], project: Project): PermissionCheck | null {
  for (const id of reach) {
    const found = ownCheck(id, project);
    if (found !== null) return found;
  }
  return null;
}

function ownCheck(id: FunctionId, project: Project): PermissionCheck | null {
  const entry = project.functions.get(id);
  if (entry === undefined) return null;
  for (const clause of entry.facts.clauses) {
    const call = outlineOfClause(clause).calls.find(isPermissionCheck);
    if (call !== undefined) return { name: spokenCall(call), scopes: false, at: { path: entry.path, span: call.span } };
  }
  const scoped = project.calls.get(id)?.find(({ callee }) => takesScope(callee, project));
  return scoped === undefined ? null : { name: spoken(scoped.callee), scopes: true, at: scoped };
}

/** Whether a function that reads or writes is given first who is asking, as contexts of Phoenix 1.8 are: `def get_post!(%Scope{} = scope, id)`. */
function takesScope(id: FunctionId, project: Project): boolean {
  const entry = project.functions.get(id);
  const effects = effectsOf(project, id);
  if (entry === undefined || (!effects.has("query") && !effects.has("write"))) return false;
  return entry.facts.clauses.some(
    (clause) => outlineOfClause(clause).structs.some(isScope) && clause.parameters.slice(0, 1).some(isScopePattern),
  );
}

function isScope(struct: string): boolean {
  return /(^|\.)Scope$/.test(struct);
}

function isScopePattern(parameter: Expression): boolean {
  return collect(parameter, "map").some(({ struct }) => struct !== null && isScope(struct));
}

function spokenCall({ module, function: name }: { readonly module: string | null; readonly function: string }): string {
  return module === null ? name : `${spoken(module)}.${name}`;
}

/** Whether a call asks by its name whether somebody may. */
export function isPermissionCheck({ module, function: name }: { readonly module: string | null; readonly function: string }): boolean {
  if (module !== null && library.test(module)) return false;
  return checkingFunction.test(name) || (module !== null && checkingModule.test(module));
}

/** Whether code holds an owner against who is asking: `post.user_id == user.id`, `%Post{user_id: ^user_id}`. */
export function comparesOwner(code: Expression): boolean {
  let found = false;
  walk(code, (part) => {
    if (part.kind === "operator" && /^(==|!=|===|!==|in)$/.test(part.operator)) {
      found ||= part.operands.some(isOwnerField) && part.operands.some(namesRequester);
    }
    if (part.kind === "map")
      found ||= part.entries.some(({ key, value }) => key.kind === "literal" && ownerField.test(key.value) && isPinned(value));
    return !found;
  });
  return found;
}

const ownerField = /^(id|user|owner|author|\w+_id)$/;

function isOwnerField(code: Expression): boolean {
  return code.kind === "access" && ownerField.test(code.field ?? "");
}

function isPinned(code: Expression): boolean {
  return code.kind === "variable" && code.pinned;
}

/** Whether code names who is asking: the current user, account, scope, or what the connection holds of them. */
export function namesRequester(code: Expression): boolean {
  let found = false;
  walk(code, (part) => {
    if (part.kind === "variable") found ||= requesterName.test(part.name);
    if (part.kind === "access")
      found ||= requesterField.test(part.field ?? "") || (part.key?.kind === "literal" && requesterField.test(part.key.value));
    if (part.kind === "map") found ||= part.entries.some(({ key }) => key.kind === "literal" && requesterField.test(key.value));
    if (part.kind === "call") found ||= requesterCall.test(part.function);
    return !found;
  });
  return found;
}
