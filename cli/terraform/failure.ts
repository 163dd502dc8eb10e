import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { pluralize } from "../console/words";
import { plain } from "../process/run";
import { credentialFaultOf } from "./credential-fault";
import { type Diagnostic, diagnosticsOf } from "./diagnostics";
import { hcpFailure } from "./hcp";
import { unreachableOf } from "./unreachable";

/** How a failure is told. */
export interface FailureProps {
  /** Takes the secrets out: Terraform and its providers repeat values in their errors. */
  readonly mask: (text: string) => string;

  /** The command that releases a lock. @default - Terraform's own */
  readonly release?: (id: string) => string;

  /** Accounts that the stack is for. @default - it does not say */
  readonly accounts?: readonly string[];
}

/**
 * A failure of Terraform or cdktf as an error: its reason first, then where the whole output is.
 *
 * @param output - everything that it printed.
 * @param where - folder in which it ran.
 */
export function failureOf(what: string, output: string, where: string, props: FailureProps): CliError {
  const failure = explain(what, output, where, props);
  failure.message = props.mask(failure.message);
  return failure;
}

function explain(
  what: string,
  output: string,
  where: string,
  {
    release = (id) => `terraform -chdir=${where} force-unlock ${id}`,
    accounts = [],
  }: Omit<FailureProps, "mask">,
): CliError {
  const text = plain(output);
  const hcp = hcpFailure(what, text, where);
  if (hcp) return hcp;
  const [, account] = /AWS account ID not allowed: (\d{12})/.exec(text) ?? [];
  if (account !== undefined) {
    return new CliError(
      EXIT.FAILED,
      `${what}: the credentials are of account ${account}, and the stack is for ${accounts.length === 0 ? "another one" : `account ${accounts.join(" or ")}`}`,
      `at ${where}`,
      "see whose credentials those are: aws sts get-caller-identity",
      "sign in to that account, e.g. with AWS_PROFILE; for stacks of several accounts, name a profile after each and write --profile '{account}'",
    );
  }
  const locked = lockOf(text);
  if (locked) {
    return new CliError(
      EXIT.HELD,
      `${what}: the state is locked by ${locked.who || "an unknown user"} since ${locked.created || "an unknown time"} (${locked.operation || "an operation"})`,
      `at ${locked.path || where}`,
      "wait until that run has ended; if it has died, release its lock:",
      release(locked.id),
    );
  }
  if (isHeldByDamage(text)) {
    return new CliError(
      EXIT.HELD,
      `${what}: the state is locked, and its lock cannot be read`,
      `at ${where}`,
      "see what is wrong with it, and how to release it: npx groundplan state locks",
    );
  }
  const credentials = credentialFaultOf(text);
  if (credentials) {
    return new CliError(EXIT.MISSING, `${what}: ${credentials.what}`, `at ${where}`, ...credentials.advice);
  }
  const unreachable = unreachableOf(text);
  if (unreachable) {
    const { what: place, why, advice } = unreachable;
    return new CliError(
      EXIT.MISSING,
      `${what}: ${place} cannot be reached: ${why}`,
      `at ${where}`,
      ...advice,
    );
  }
  const reason = `${what}: ${reasonOf(text)}`;
  // Terraform's own advice, init -upgrade, would write another lock than the committed one.
  if (
    /init -upgrade|Inconsistent dependency lock file|does not match configured version constraint/.test(text)
  ) {
    return new CliError(
      EXIT.FAILED,
      reason,
      `at ${where}`,
      "the committed provider lock is not what the stacks require; write it anew: npx groundplan lock",
    );
  }
  return new CliError(EXIT.FAILED, reason, `at ${where}`);
}

/** Errors that are shown; the rest is counted. */
const MOST_ERRORS = 3;

/** Lines of one error that are shown. */
const MOST_LINES = 30;

/** The errors that Terraform prints, each with its whole explanation; the last lines where it prints none. */
function reasonOf(text: string): string {
  const all = diagnosticsOf(text);
  // This one only says that others follow.
  const real = all.filter(({ summary }) => !/encountered problems during initiali[sz]ation/.test(summary));
  const errors = [...new Set((real.length > 0 ? real : all).map(explained))];
  if (errors.length === 0) {
    const lines = text.split("\n").map((line) => line.replace(/^.*?[│╷╵]\s?/, "").trim());
    const last = lines.filter((line) => line !== "").slice(-3);
    return last.join("\n  ") || "no reason given";
  }
  const more = errors.length - MOST_ERRORS;
  return [
    ...errors.slice(0, MOST_ERRORS),
    ...(more > 0 ? [`${pluralize(more, "error", "errors")} more`] : []),
  ].join("\n  ");
}

/** An error as a reader needs it: what is wrong, Terraform's explanation, the values and the place; not the line of code. */
function explained({ summary, text }: Diagnostic): string {
  const [, ...lines] = text.split("\n").map((line) => line.trim());
  const isPlace = (line: string) => /^(?:with .*,|on \S+ line \d+.*)$/.test(line);
  const isCode = (line: string) => /^\d+:/.test(line) || /^[├─]+$/.test(line);
  // Under a rule, up to the next empty line: what the expression's parts are.
  const rule = lines.findIndex((line) => /^├─+$/.test(line));
  const end = rule < 0 ? rule : lines.indexOf("", rule);
  const isValue = (at: number) => rule >= 0 && at > rule && (end < 0 || at < end);
  const values = lines.filter((_, at) => isValue(at)).map((line) => line.replace(/^│\s*/, ""));
  const rest = lines.filter((line, at) => line !== "" && !isCode(line) && !isValue(at));
  const words = rest.filter((line) => !isPlace(line));
  const place = rest.filter(isPlace).map((line) => line.replace(/[,:]$/, ""));
  const shown = [summary, ...words, ...values, ...place];
  const more = shown.length - MOST_LINES;
  return [
    ...shown.slice(0, MOST_LINES),
    ...(more > 0 ? [`… ${pluralize(more, "line", "lines")} more`] : []),
  ].join("\n  ");
}

/** What Terraform says of a lock that it could not get. */
function lockOf(
  text: string,
): { id: string; path: string; operation: string; who: string; created: string } | undefined {
  if (!/Error acquiring the state lock/i.test(text)) return undefined;
  // At the beginning of a line: an error of AWS before it has a RequestID.
  const info = text.slice(text.search(/Lock Info:/i));
  const field = (name: string) =>
    new RegExp(`^.*?(?:[│╷╵]\\s*)?\\b${name}:[ \\t]+(\\S.*)$`, "m").exec(info)?.[1]?.trim() ?? "";
  const id = field("ID");
  // It becomes a part of a command that people copy.
  if (!/^[A-Za-z0-9][A-Za-z0-9._:-]*$/.test(id)) return undefined;
  return {
    id,
    path: field("Path"),
    operation: field("Operation"),
    who: field("Who"),
    created: field("Created"),
  };
}

/** Whether the lock was refused since there is one, and Terraform could not say whose. */
function isHeldByDamage(text: string): boolean {
  return (
    /Error acquiring the state lock/i.test(text) &&
    /ConditionalCheckFailedException|PreconditionFailed/.test(text)
  );
}
