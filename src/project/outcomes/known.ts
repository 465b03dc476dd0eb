import { any, atom, error, isRefused, list, nothing, number, ok, struct, text, tuple, type Shape } from "./shapes.js";

const yesOrNo: readonly Shape[] = [atom("true"), atom("false")];
const okOrAnyError: readonly Shape[] = [ok(any), error(any)];
const doneOrError: readonly Shape[] = [atom("ok"), error(any)];
const fetched: readonly Shape[] = [ok(any), atom("error")];
const changesetShape = struct("Ecto.Changeset");
const started: readonly Shape[] = [ok(any), error(any), atom("ignore")];
const response = (module: string, reason: Shape): readonly Shape[] => [ok(struct(module)), error(reason)];

function same(shapes: readonly Shape[], ...names: readonly string[]): [string, readonly Shape[]][] {
  return names.map((name) => [name, shapes]);
}

/** What well-known functions give back, whole, as their documentation says; by `Module.function`, for every number of arguments that is documented. */
const known: ReadonlyMap<string, readonly Shape[]> = new Map([
  ...same(fetched, "Map.fetch", "Keyword.fetch", "Access.fetch", "Enum.fetch", "Application.fetch_env", "System.fetch_env"),
  ...same([ok(text), atom("error")], "Base.decode16", "Base.decode32", "Base.decode64", "Base.url_decode64", "Base.hex_decode32"),
  ...same([tuple(number, text), atom("error")], "Integer.parse", "Float.parse"),
  ...same([tuple(struct("Decimal"), text), atom("error")], "Decimal.parse"),
  ...same([ok(any), error(struct("Jason.DecodeError"))], "Jason.decode"),
  ...same(okOrAnyError, "Jason.encode", "JSON.decode", "Poison.encode", "Poison.decode", "Phoenix.Token.verify"),
  ...same([ok(struct("*")), error(changesetShape)], "Ecto.Changeset.apply_action"),
  ...same([ok(text), atom("error")], "Ecto.UUID.cast", "Ecto.UUID.dump"),
  ...same([ok(struct("Date")), error(any)], "Date.from_iso8601", "Date.new"),
  ...same([ok(struct("NaiveDateTime")), error(any)], "NaiveDateTime.from_iso8601", "NaiveDateTime.new"),
  ...same([ok(struct("Time")), error(any)], "Time.from_iso8601", "Time.new"),
  ...same([ok(struct("DateTime"), number), error(any)], "DateTime.from_iso8601"),
  ...same([ok(struct("DateTime")), error(any)], "DateTime.from_unix", "DateTime.shift_zone"),
  ...same([ok(struct("URI")), error(any)], "URI.new"),
  ...same([struct("URI")], "URI.parse", "URI.merge"),
  ...same([ok(text), error(any)], "File.read", "File.cwd"),
  ...same([ok(any), error(any)], "File.open", "File.ls", "File.stat", "File.copy"),
  ...same([ok(list()), error(any, text)], "File.cp_r", "File.rm_rf"),
  ...same(doneOrError, "File.write", "File.mkdir", "File.mkdir_p", "File.rm", "File.rename", "File.cp", "File.touch"),
  ...same(yesOrNo, "File.exists?", "Enum.empty?", "Enum.member?", "Enum.any?", "Enum.all?", "Map.has_key?", "String.contains?", "is_nil"),
  ...same(started, "GenServer.start_link", "GenServer.start", "Supervisor.start_link", "DynamicSupervisor.start_link"),
  ...same(started, "Agent.start_link", "Agent.start"),
  ...same([atom("ok"), error(atom("not_found"))], "DynamicSupervisor.terminate_child", "Supervisor.terminate_child"),
  ...same([atom("ok")], "GenServer.cast", "Enum.each", "IO.puts", "Agent.update", "Logger.info", "Logger.error", "Logger.warning"),
  ...same([atom("ok")], "Logger.warn", "Logger.debug", "Logger.notice", "Logger.critical", "Process.sleep"),
  ...same([list()], "Plug.Conn.get_req_header", "Plug.Conn.get_resp_header", "get_req_header", "get_resp_header"),
  ...same([ok(text, struct("Plug.Conn")), tuple(atom("more"), text, struct("Plug.Conn")), error(any)], "Plug.Conn.read_body", "read_body"),
  ...same([struct("Plug.Conn")], "put_status", "send_resp", "put_resp_header", "json", "redirect", "put_flash", "Plug.Conn.assign"),
  ...same([list()], "Enum.map", "Enum.filter", "Enum.reject", "Enum.sort", "Enum.sort_by", "Enum.flat_map", "Enum.to_list", "Enum.uniq"),
  ...same([list()], "Map.keys", "Map.values", "String.split", "Enum.take", "Enum.reverse", "Enum.concat", "Enum.chunk_every"),
  ...same(
    [text],
    "String.trim",
    "String.downcase",
    "String.upcase",
    "String.replace",
    "to_string",
    "Enum.join",
    "inspect",
    "Jason.encode!",
  ),
  ...same(response("*", struct("HTTPoison.Error")), "HTTPoison.get", "HTTPoison.post", "HTTPoison.put", "HTTPoison.patch"),
  ...same(response("*", struct("HTTPoison.Error")), "HTTPoison.delete", "HTTPoison.head"),
  ...same(response("Req.Response", struct("*")), "Req.get", "Req.post", "Req.put", "Req.patch", "Req.delete", "Req.request", "Req.head"),
  ...same(response("Finch.Response", struct("*")), "Finch.request"),
  ...same([nothing, text], "System.get_env"),
]);

const changesetFunctions =
  /^(cast|change|validate_\w+|put_\w+|force_change|delete_change|add_error|\w+_constraint|cast_assoc|cast_embed|optimistic_lock|prepare_changes|merge|assoc_constraint)$/;

/** What a function of Elixir, Ecto, Plug or a common library gives back; null for one that is not known. Local names are those everybody imports. */
export function knownShapes(module: string | null, name: string, given: number): readonly Shape[] | null {
  const imported =
    module === null && given > 1 && /^(cast|validate_required|validate_length|\w+_constraint|put_change|cast_assoc)$/.test(name);
  if ((module === "Ecto.Changeset" || imported) && changesetFunctions.test(name)) return [changesetShape];
  if (module === "Ecto.Multi" && name !== "to_list") return [struct("Ecto.Multi")];
  if (name === "get_env" && given !== 1) return null;
  if (module === "HTTPoison" && given > 4) return null;
  return known.get(module === null ? name : `${module}.${name}`) ?? null;
}

/** Calls after which nothing goes on. */
export function neverReturns(module: string | null, name: string): boolean {
  return (module === null || module === "Kernel") && /^(raise|throw|exit|reraise)$/.test(name);
}

/** Whether a function may give a failure or `nil`, by its name alone: asked of every call before code is read. */
export function mayRefuse(module: string | null, name: string): boolean {
  return refusing.has(module === null ? name : `${module}.${name}`);
}

const refusing = new Set([...known].flatMap(([name, shapes]) => (shapes.some(isRefused) || /req_header$/.test(name) ? [name] : [])));
