/** What a git process may reach: objects already here, or a remote over the named protocols. */
export type Reach = "objects" | "remote" | "remote-and-files";

const inherited = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "TMPDIR",
  "TEMP",
  "SystemRoot",
  "SSH_AUTH_SOCK",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "XDG_CONFIG_HOME",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
];

const protocols: Record<Reach, string> = { objects: "none", remote: "https:ssh", "remote-and-files": "https:ssh:file" };

/** The variables of ours that git reads and simple-git must let through. */
export const guardedVariables = [
  "GIT_TERMINAL_PROMPT",
  "GIT_ALLOW_PROTOCOL",
  "GIT_SSH_COMMAND",
  "GIT_ASKPASS",
  "GIT_OPTIONAL_LOCKS",
  "GIT_NO_LAZY_FETCH",
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_NOSYSTEM",
];

/**
 * Environment of every git process: nothing of ours but what finding programs, keys and proxies takes. It never prompts, and speaks only
 * the protocols of its reach, whatever configuration or redirect says otherwise.
 */
export function gitEnvironment(reach: Reach, parent: Readonly<Record<string, string | undefined>> = process.env): Record<string, string> {
  const environment: Record<string, string> = {
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    GIT_SSH_COMMAND: "ssh -oBatchMode=yes -oConnectTimeout=20",
    GIT_ALLOW_PROTOCOL: protocols[reach],
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_LAZY_FETCH: "1",
  };
  for (const name of [...inherited, "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"]) {
    const value = parent[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/**
 * Configuration laid over every git process: no hook, watcher, pager or credential helper of the host or of a repository runs. The owner
 * of a folder is not asked because only reading commands run in it and none of them starts a program.
 */
export const hardening = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.quotePath=false",
  "credential.helper=",
  "protocol.ext.allow=never",
  "submodule.recurse=false",
  "gc.auto=0",
  "maintenance.auto=false",
];

/** The same for reading commands in folders and mirrors. */
export const readingArguments = [...hardening, "safe.directory=*"].flatMap((entry) => ["-c", entry]);
