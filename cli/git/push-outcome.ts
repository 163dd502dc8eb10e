import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** Why a push did not arrive, as far as git says. */
export interface FailedPush {
  /**
   * `race`: another push was faster. `unreachable`: the repository did not answer, or broke off, and it may have arrived
   * all the same. `refused`: another try would be refused too.
   */
  readonly kind: "race" | "unreachable" | "refused";

  /** What git said, without credentials. */
  readonly said: string;
}

/** Git failed where it reads or writes a repository. */
export class GitFault extends CliError {
  /** Whether another try may help. */
  readonly passing: boolean;

  constructor(what: string, address: string, said: string) {
    const passing = !LASTING.test(said);
    super(EXIT.MISSING, what, `at ${address}`, ...lastLines(said), ...(passing ? [] : adviceOf(said)));
    this.passing = passing;
  }
}

/** What no later try changes. */
const LASTING =
  /authentication failed|could not read (?:username|password)|permission (?:to .* )?denied|access denied|403|401|repository .* not found|not found$|does not appear to be a git repository|does not exist|host key verification failed|terminal prompts disabled|unable to find remote helper|transport .* not allowed/im;

/** Reasons of a refusal that a push beside this one gives. */
const RACES =
  /fetch first|non-fast-forward|stale info|cannot lock ref|failed to (?:lock|update) ref|but expected|incorrect old value|unable to create .*\.lock|reference already exists|another update/i;

/** Reasons of a refusal that are the server's own trouble. */
const TROUBLE = /internal server error|unpacker error|failed to (?:write|create)|timeout|timed out/i;

/** Says why a push failed, from what `git push --porcelain` printed. */
export function judgePush(said: string): FailedPush {
  const refusals = [...said.matchAll(/^!\t[^\t]*\t(.*)$/gm)].map(([, reason = ""]) => reason);
  if (refusals.length === 0) return { kind: LASTING.test(said) ? "refused" : "unreachable", said };
  const reason = refusals.join("\n");
  if (RACES.test(reason)) return { kind: "race", said };
  return {
    kind: TROUBLE.test(reason) || !/\[(?:remote )?rejected\]/.test(reason) ? "unreachable" : "refused",
    said,
  };
}

/** The lines that tell most, of what git said. */
export function lastLines(said: string): readonly string[] {
  const lines = said.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !/^(?:To |Done$|hint:)/.test(line)).slice(-6);
}

function adviceOf(said: string): readonly string[] {
  if (/not found|does not appear|does not exist/i.test(said))
    return ["look at the address; a token sees only what it may read"];
  return [
    "git's own credentials are used: log in with gh auth login, give SSH a key, or http.extraheader in a workflow",
  ];
}
