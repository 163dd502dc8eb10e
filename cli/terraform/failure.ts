import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { plain } from "../process/run";
import { hcpFailure } from "./hcp";

/**
 * A failure of Terraform or cdktf as an error: its reason first, then where the whole output is.
 *
 * @param output - everything that it printed.
 * @param where - folder in which it ran.
 * @param release - the command that releases a lock.
 * @param accounts - those that the stack is for. @default - it does not say
 */
export function failureOf(
  what: string,
  output: string,
  where: string,
  release = (id: string): string => `terraform -chdir=${where} force-unlock ${id}`,
  accounts: readonly string[] = [],
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
  if (
    /no valid credential sources|No valid credential|could not find credentials|get credentials/i.test(text)
  ) {
    return new CliError(
      EXIT.MISSING,
      `${what}: no AWS credentials`,
      `at ${where}`,
      'sign in, e.g. aws sso login, or set AWS_PROFILE; for the emulator: eval "$(npx groundplan local env)"',
    );
  }
  if (/connection refused|no such host|dial tcp|i\/o timeout/i.test(text)) {
    const endpoint =
      /(?:Post|Get|Put|Head|Delete) "(https?:\/\/[^/"]+)/.exec(text)?.[1] ??
      process.env.AWS_ENDPOINT_URL ??
      "the endpoint";
    return new CliError(
      EXIT.MISSING,
      `${what}: ${endpoint} cannot be reached`,
      `at ${where}`,
      "check the network and AWS_ENDPOINT_URL; for the emulator: npx groundplan local up",
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

/** The first error that Terraform prints, without its frame. */
function reasonOf(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/^.*?[│╷╵]\s?/, "").trim());
  const errors = lines.flatMap((line, index) => (/^Error:?\s/.test(line) ? [index] : []));
  // This one only says that others follow.
  const first =
    errors.find((index) => !/encountered problems during initiali[sz]ation/.test(lines[index] ?? "")) ??
    errors[0] ??
    -1;
  if (first < 0)
    return (
      lines
        .filter((line) => line !== "")
        .slice(-3)
        .join("\n  ") || "no reason given"
    );
  return lines
    .slice(first, first + 6)
    .filter((line) => line !== "")
    .join("\n  ")
    .replace(/^Error:?\s*/, "");
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
