import { existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { TextMask } from "../input/text-mask";
import { WITHOUT_HOOKS } from "../process/git-variables";
import { run } from "../process/run";

/** How a repository is reached: its addresses, and what git needs for them. Credentials stay git's own. */
export interface AccessOfGit {
  readonly url: string;
  readonly pushUrl: string;

  /** The URL without a user and a password in it. */
  readonly address: string;

  /** Variables of git: settings of the checkout, e.g. the header by which a workflow is let in. */
  readonly env: Readonly<Record<string, string>>;

  /** Variables that name who commits, where git's settings do not. */
  readonly identity: Readonly<Record<string, string>>;

  /** Whether git's settings want commits signed. */
  readonly signs: boolean;

  /** Takes credentials out of what git says. */
  readonly mask: (text: string) => string;
}

/** How to reach a repository, by its URL, or as the checkout in a folder reaches its remote. */
export async function accessOf(repository: string, remote: string): Promise<AccessOfGit> {
  if (repository === "" || repository.startsWith("-") || /\p{Cc}/u.test(repository)) {
    throw new CliError(
      EXIT.USAGE,
      `${JSON.stringify(repository)} is no address of a git repository`,
      "use a URL, e.g. https://github.com/owner/name, or the folder of a checkout",
    );
  }
  const folder = isFolder(repository) ? resolve(repository) : undefined;
  const checkout = folder !== undefined && !(await isBare(folder)) ? folder : undefined;
  const own = checkout === undefined ? [] : await ownSettings(checkout);
  const url = checkout === undefined ? (folder ?? repository) : await remoteUrl(checkout, remote, false);
  const pushUrl = checkout === undefined ? url : await remoteUrl(checkout, remote, true);
  const mask = maskOf([url, pushUrl], own);
  const settings = await usedSettings(checkout);
  return {
    url,
    pushUrl,
    address: withoutUser(url),
    env: { ...variables(own), ...sshVariables(settings), GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
    identity: identityOf(settings),
    signs: /^(true|yes|on|1)$/i.test(settings.get("commit.gpgsign") ?? ""),
    mask,
  };
}

/** A URL without the user and the password in it. */
export function withoutUser(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, "$1");
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

async function isBare(folder: string): Promise<boolean> {
  const ended = await git(folder, "rev-parse", "--is-bare-repository");
  if (ended.exitCode === 0) return ended.stdout.trim() === "true";
  throw new CliError(
    EXIT.USAGE,
    "the folder is in no git repository",
    `at ${folder}`,
    "name a checkout, or the URL of the repository",
  );
}

async function remoteUrl(folder: string, remote: string, push: boolean): Promise<string> {
  const ended = await git(folder, "remote", "get-url", ...(push ? ["--push"] : []), "--", remote);
  const url = ended.stdout.trim();
  if (ended.exitCode === 0 && url !== "") {
    const isPath = !/^[a-z][a-z0-9+.-]*:/i.test(url) && !/^[^/]+:/.test(url);
    return isPath && !isAbsolute(url) ? resolve(folder, url) : url;
  }
  throw new CliError(
    EXIT.USAGE,
    `the checkout has no remote ${JSON.stringify(remote)}`,
    `at ${folder}`,
    "add it, or name the URL of the repository with --repository",
  );
}

type Setting = readonly [key: string, value: string];

/** Settings of a checkout that let it in, or say who commits. Those of the user and the machine git has by itself. */
const PASSED =
  /^(http\.|credential\.|core\.(sshcommand|askpass|gitproxy)$|user\.|author\.|committer\.|commit\.gpgsign$|gpg\.)/;

async function ownSettings(folder: string): Promise<readonly Setting[]> {
  const { stdout } = await git(folder, "config", "--list", "-z", "--show-scope");
  const parts = stdout.split("\0");
  return parts.flatMap((part, at) => {
    const scope = at % 2 === 1 ? parts[at - 1] : undefined;
    if (scope !== "local" && scope !== "worktree") return [];
    const end = part.indexOf("\n");
    const [key, value] = end < 0 ? [part, "true"] : [part.slice(0, end), part.slice(end + 1)];
    return PASSED.test(key) ? [[key, value] as const] : [];
  });
}

/** Settings as variables, behind those that are there already. */
function variables(settings: readonly Setting[]): Readonly<Record<string, string>> {
  if (settings.length === 0) return {};
  const before = Number(process.env.GIT_CONFIG_COUNT ?? 0) || 0;
  const entries = settings.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${before + at}`, key],
    [`GIT_CONFIG_VALUE_${before + at}`, value],
  ]);
  return Object.fromEntries([["GIT_CONFIG_COUNT", String(before + settings.length)], ...entries]);
}

function maskOf(urls: readonly string[], settings: readonly Setting[]): (text: string) => string {
  const given = Object.entries(process.env).flatMap(([name, value]) =>
    /^GIT_CONFIG_VALUE_\d+$/.test(name) && /authorization/i.test(value ?? "") ? [value ?? ""] : [],
  );
  const headers = settings.filter(([key]) => /extraheader$/.test(key)).map(([, value]) => value);
  const secrets = [...headers, ...given].flatMap((value) => [value, value.split(/\s+/).at(-1) ?? ""]);
  const users = urls.flatMap((url) => /^[a-z][a-z0-9+.-]*:\/\/([^/@]*)@/i.exec(url)?.[1]?.split(":") ?? []);
  const mask = new TextMask().addTexts([...secrets, ...users.map((one) => decoded(one))]);
  // What is too short to be looked for stands in a URL all the same.
  return (text) => mask.scrub(text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s']*@/gi, "$1"));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Who commits in a workflow of GitHub that says nothing of it. */
const ACTIONS = ["github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com"] as const;
const NOBODY = ["groundplan", "groundplan@localhost"] as const;

function identityOf(settings: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const env = process.env;
  const [name, email] = env.GITHUB_ACTIONS === "true" ? ACTIONS : NOBODY;
  const hasEmail = env.EMAIL !== undefined || settings.has("user.email");
  return Object.fromEntries(
    ["AUTHOR", "COMMITTER"].flatMap((who) => [
      ...(settings.has("user.name") || env[`GIT_${who}_NAME`] ? [] : [[`GIT_${who}_NAME`, name]]),
      ...(hasEmail || env[`GIT_${who}_EMAIL`] ? [] : [[`GIT_${who}_EMAIL`, email]]),
    ]),
  );
}

/**
 * A server that takes the connection and says nothing, or falls silent later, is given up: within 20 seconds, and within a
 * minute. OpenSSH waits without end by itself.
 *
 * @see https://man.openbsd.org/ssh_config#ConnectTimeout
 */
const SSH = "ssh -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4";

/** The SSH of git, where neither a variable nor a setting names another: that one is the user's. */
function sshVariables(settings: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const { GIT_SSH, GIT_SSH_COMMAND } = process.env;
  return GIT_SSH || GIT_SSH_COMMAND || settings.has("core.sshcommand") ? {} : { GIT_SSH_COMMAND: SSH };
}

/** What git's settings say of who commits, whether commits are signed, and by which SSH a server is reached. */
async function usedSettings(folder: string | undefined): Promise<ReadonlyMap<string, string>> {
  const pattern = "^(user\\.(name|email)|commit\\.gpgsign|core\\.sshcommand)$";
  const { stdout } = await git(folder ?? tmpdir(), "config", "-z", "--get-regexp", pattern);
  return new Map(
    stdout.split("\0").flatMap((one) => {
      const end = one.indexOf("\n");
      if (one === "") return [];
      return [end < 0 ? [one, "true"] : [one.slice(0, end), one.slice(end + 1)]] as [string, string][];
    }),
  );
}

function git(folder: string, ...args: readonly string[]) {
  return run("git", args, { cwd: folder, env: { ...WITHOUT_HOOKS, LC_ALL: "C" } });
}
