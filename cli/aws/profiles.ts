import { homedir } from "node:os";
import { join } from "node:path";
import { insteadOf } from "../console/suggest";
import { InputError, readInput } from "../input/file";

/** What is wrong with a profile, and what to do, a line each. */
export interface ProfileFault {
  readonly what: string;
  readonly advice: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Files that hold profiles, in place of those that the environment names. */
export interface ProfileFiles {
  readonly configFile?: string | undefined;
  readonly credentialsFile?: string | undefined;
}

/** Why a profile gives no credentials: it is in none of AWS's files. Undefined for one that is there. */
export function profileFaultOf(
  name: string,
  env: Environment = process.env,
  files: ProfileFiles = {},
): ProfileFault | undefined {
  const config = files.configFile ?? env.AWS_CONFIG_FILE ?? join(homedir(), ".aws", "config");
  const credentials =
    files.credentialsFile ?? env.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), ".aws", "credentials");
  const known = [
    ...sectionsOf(config).flatMap((one) => /^(?:profile\s+(.+)|(default))$/.exec(one)?.slice(1) ?? []),
    ...sectionsOf(credentials),
  ].filter((one) => one !== undefined);
  if (known.includes(name)) return undefined;
  const names = [...new Set(known)].sort();
  return {
    what: `there is no AWS profile ${name} in ${config} or ${credentials}`,
    advice: [
      ...insteadOf(name, names),
      `${names.length === 0 ? "" : "or "}write it: aws configure sso --profile ${name}`,
    ],
  };
}

/** Names of the sections of a file of AWS; none where it cannot be read. */
function sectionsOf(file: string): readonly string[] {
  const text = textOf(file);
  return [...text.matchAll(/^\s*\[\s*([^\]\n]+?)\s*\]/gm)].map(([, name = ""]) =>
    name.replaceAll(/["']/g, ""),
  );
}

/** Largest file that is read, in bytes: 5 MB. */
const LARGEST = 5_000_000;

function textOf(file: string): string {
  try {
    return readInput(file, { bytes: LARGEST }).toString();
  } catch (error) {
    if (error instanceof InputError) return "";
    throw error;
  }
}
