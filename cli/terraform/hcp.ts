import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/**
 * A failure that HCP Terraform or Terraform Enterprise is the reason of; undefined for any other.
 *
 * @param text - everything that Terraform printed, plain.
 * @param where - folder in which it ran.
 */
export function hcpFailure(what: string, text: string, where: string): CliError | undefined {
  const flat = text.replaceAll(/\s*[│╷╵]?\s*\n\s*[│╷╵]?\s*/g, " ");
  const [, host] = /token for ([\w.:-]+\w)/.exec(flat) ?? [];
  if (/Required token could not be found/.test(flat)) {
    return new CliError(
      EXIT.MISSING,
      `${what}: there is no token of ${host ?? "HCP Terraform"}`,
      `at ${where}`,
      `log in: terraform login ${host ?? ""}`.trimEnd(),
      `in CI: set ${tokenVariable(host ?? "app.terraform.io")}`,
    );
  }
  if (/Saving a generated plan is currently not supported/.test(flat)) {
    return new CliError(
      EXIT.USAGE,
      `${what}: the backend "remote" cannot save a plan that is executed remotely, and Groundplan reads the saved plan`,
      `at ${where}`,
      "use the cloud block in its place (CloudBackend of CDKTF), or set the workspace's execution mode to local",
    );
  }
  const [, address] = /Failed to request discovery document: \w+ "https:\/\/([^/"]+)/.exec(flat) ?? [];
  if (address !== undefined) {
    return new CliError(
      EXIT.MISSING,
      `${what}: ${address} cannot be reached: ${reasonOf(flat)}`,
      `at ${where}`,
      "check the network, and the hostname of the stack's backend",
    );
  }
  return undefined;
}

/**
 * The variable that has the token of a host.
 *
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#environment-variable-credentials
 */
export function tokenVariable(host: string): string {
  return `TF_TOKEN_${host.replaceAll("-", "__").replaceAll(/[.:]/g, "_")}`;
}

/** The last part of Go's chain of errors: `no such host`. */
function reasonOf(flat: string): string {
  const [, chain = "no answer"] = /discovery document: (.*?)(?: on [\w./-]+ line|$)/.exec(flat) ?? [];
  return chain.split(": ").at(-1)?.trim() ?? chain;
}
