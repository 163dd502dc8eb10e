import { join } from "node:path";
import type { LocalStatus } from "./daemon/status";
import { environment } from "./environment";
import { privateFolder, writeWhole } from "./files/private";

/** What of an emulator its profiles say. */
export type ProfiledEmulator = Pick<LocalStatus, "endpoint" | "region" | "account" | "stateDirectory">;

/**
 * Writes an AWS profile for each account, named by its number, and tells how AWS's tools find them. The profile in use
 * is that of the emulator's own account; `AWS_PROFILE` or an option `--profile` chooses another, as on AWS.
 *
 * @param accounts - 12 digits each; the emulator's own has a profile too.
 * @returns variables in place of those of {@link environment}: no keys, for these would win over a profile.
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
 */
export function profileEnvironment(
  running: ProfiledEmulator,
  accounts: readonly string[],
): Record<string, string> {
  const { account, endpoint, region } = running;
  const names = [...new Set([account, ...accounts])].sort();
  const folder = join(running.stateDirectory, "aws");
  const [config, credentials] = [join(folder, "config"), join(folder, "credentials")];
  privateFolder(folder);
  writeWhole(
    config,
    sections(names, "profile ", () => ({ region, endpoint_url: endpoint })),
  );
  // The emulators take a key of 12 digits for the account itself.
  const keys = (name: string) => ({ aws_access_key_id: name, aws_secret_access_key: "groundplan-local" });
  writeWhole(credentials, sections(names, "", keys));
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...rest } = environment(running);
  return {
    ...rest,
    AWS_PROFILE: account,
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
  };
}

function sections(
  names: readonly string[],
  prefix: string,
  settings: (name: string) => Readonly<Record<string, string>>,
): string {
  const section = (name: string) => [
    `[${prefix}${name}]`,
    ...Object.entries(settings(name)).map(([key, value]) => `${key} = ${value}`),
    "",
  ];
  return names.flatMap(section).join("\n");
}
