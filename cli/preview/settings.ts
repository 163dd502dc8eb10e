import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { insteadOf } from "../console/suggest";
import { InputError, readInput } from "../input/file";
import { parseJson } from "../input/json";
import { writeWholeFile } from "../process/whole-file";

/**
 * What a team's previews are made in: bucket, Region, domain and so on. Nothing of it is in the code. Each comes from the
 * first of these that says it: a variable, e.g. one of the GitHub repository; the file that `preview config set` writes;
 * `previews/backend.conf`; and the stack `preview-shared` where the platform is checked out.
 */

/** A setting: the variable that says it, what it is, and its form. */
interface Setting {
  readonly variables: readonly string[];
  readonly what: string;
  readonly form: RegExp;
  readonly example: string;

  /** Its name in `backend.conf`, as Terraform's S3 backend has it. */
  readonly backend?: string;
}

const NAME = /^[a-z](?:-?[a-z0-9])*$/;

/** The settings, by their names. */
export const SETTINGS = {
  bucket: {
    variables: ["STATE_BUCKET"],
    what: "bucket of the states",
    form: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    example: "acme-dev-state",
    backend: "bucket",
  },
  "lock-table": {
    variables: ["LOCK_TABLE"],
    what: "DynamoDB table of the states' locks; none where S3's own lock file is used",
    form: /^[A-Za-z0-9_.-]{3,255}$/,
    example: "acme-dev-locks",
    backend: "dynamodb_table",
  },
  region: {
    variables: ["AWS_REGION", "AWS_DEFAULT_REGION"],
    what: "Region of the bucket and of the previews",
    form: /^[a-z]{2}(?:-[a-z]+)+-\d$/,
    example: "us-east-1",
    backend: "region",
  },
  account: {
    variables: ["PREVIEW_ACCOUNT"],
    what: "AWS account, 12 digits",
    form: /^\d{12}$/,
    example: "123456789012",
  },
  platform: { variables: ["PREVIEW_PLATFORM"], what: "name of the platform", form: NAME, example: "acme" },
  environment: {
    variables: ["PREVIEW_ENVIRONMENT"],
    what: "environment of the stack preview-shared",
    form: NAME,
    example: "dev",
  },
  repository: {
    variables: ["PREVIEW_REPOSITORY"],
    what: "GitHub repository of the workflows, owner/name",
    form: /^[\w.-]{1,100}\/[\w.-]{1,100}$/,
    example: "acme/platform",
  },
  "image-repository": {
    variables: ["ECR_REPO"],
    what: "ECR repository of the previews' images",
    form: /^[a-z0-9][a-z0-9._/-]{1,255}$/,
    example: "acme-previews",
  },
  domain: {
    variables: ["PREVIEW_DOMAIN"],
    what: "domain below which previews answer",
    form: /^[a-z0-9](?:[a-z0-9.-]{0,198}[a-z0-9])?$/,
    example: "previews.acme.com",
  },
  zone: {
    variables: ["PREVIEW_ZONE_ID"],
    what: "hosted zone of the domain in Route 53",
    form: /^[A-Z0-9]{1,32}$/,
    example: "Z0123456789ABCDEFGHIJ",
  },
  certificate: {
    variables: ["PREVIEW_ACM_CERT_ARN"],
    what: "ARN of the certificate of all names below the domain",
    form: /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/,
    example: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-0000-0000-000000000000",
  },
  "cost-center": {
    variables: ["PREVIEW_COST_CENTER"],
    what: "value of the tag cost-center",
    form: /^[A-Za-z0-9 _.:/=+@-]{1,256}$/,
    example: "engineering",
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** Name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** A setting as it was found. */
export interface FoundSetting {
  readonly value: string;

  /** For people: a variable, a file, a stack. */
  readonly from: string;
}

/** What was found of the settings. */
export type FoundSettings = Readonly<Partial<Record<SettingName, FoundSetting>>>;

/** Names by which the first version of these settings was known. */
const OLD_NAMES: Readonly<Record<string, SettingName>> = {
  "aws.stateBucket": "bucket",
  "aws.lockTable": "lock-table",
  "aws.region": "region",
  "github.repository": "repository",
};

/** @throws CliError for a name that is none. */
export function settingNamed(name: string): SettingName {
  const old = Object.hasOwn(OLD_NAMES, name) ? OLD_NAMES[name] : undefined;
  if (old) return old;
  if (Object.hasOwn(SETTINGS, name)) return name as SettingName;
  throw new CliError(
    EXIT.USAGE,
    `there is no setting ${JSON.stringify(name.slice(0, 100))}`,
    ...insteadOf(name, Object.keys(SETTINGS)),
  );
}

/** @throws CliError when a value has not the form of its setting. */
export function checkSetting(name: SettingName, { value, from }: FoundSetting): FoundSetting {
  const { form, what, example }: Setting = SETTINGS[name];
  if (form.test(value)) return { value, from };
  throw new CliError(
    EXIT.USAGE,
    `${name} is ${JSON.stringify(value.slice(0, 200))}: it is the ${what}`,
    `at ${from}`,
    `write e.g. ${example}`,
  );
}

/** The file that `preview config set` writes, one for each user. */
export function settingsFile(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config"), "groundplan", "previews.json");
}

/** What variables and files say. @param backendFile - `backend.conf`. */
export function readSettings(env: NodeJS.ProcessEnv, backendFile: string | undefined): FoundSettings {
  const file = settingsFile(env);
  const own = ownSettings(file);
  const backend = backendFile === undefined ? {} : backendSettings(backendFile);
  const found = Object.entries(SETTINGS).flatMap(([name, setting]: [string, Setting]) => {
    const variable = setting.variables.find((one) => (env[one] ?? "") !== "");
    const value =
      variable !== undefined
        ? { value: env[variable] as string, from: `the variable ${variable}` }
        : own[name] !== undefined
          ? { value: own[name], from: file }
          : setting.backend !== undefined && backend[setting.backend] !== undefined
            ? { value: backend[setting.backend] as string, from: backendFile as string }
            : undefined;
    return value === undefined ? [] : [[name, checkSetting(name as SettingName, value)] as const];
  });
  return Object.fromEntries(found);
}

/** Writes a setting into the user's file; an empty value takes it out. */
export function writeSetting(env: NodeJS.ProcessEnv, name: SettingName, value: string): string {
  const file = settingsFile(env);
  const { [name]: _, ...rest } = ownSettings(file);
  const next =
    value === "" ? rest : { ...rest, [name]: checkSetting(name, { value, from: "the command" }).value };
  mkdirSync(dirname(file), { recursive: true });
  const sorted = Object.fromEntries(Object.entries(next).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeWholeFile(file, `${JSON.stringify(sorted, null, 2)}\n`);
  return file;
}

/** Largest file of settings that is read, in bytes. */
const LARGEST = 65_536;

function ownSettings(file: string): Readonly<Record<string, string>> {
  try {
    const value = parseJson(readInput(file, { bytes: LARGEST }));
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (error.isMissing) return {};
    throw new CliError(EXIT.USAGE, `${file} cannot be read: ${error.message}`, "mend it, or remove it");
  }
}

/** What a file of Terraform's `-backend-config` says: `name = "value"`, a line each. */
function backendSettings(file: string): Readonly<Record<string, string>> {
  let text: string;
  try {
    text = readInput(file, { bytes: LARGEST }).toString();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (error.isMissing) return {};
    throw new CliError(EXIT.USAGE, `${file} cannot be read: ${error.message}`);
  }
  const lines = text.matchAll(/^[ \t]*([a-z_]+)[ \t]*=[ \t]*"([^"\n]*)"[ \t]*(?:#.*)?$/gm);
  return Object.fromEntries([...lines].map(([, name = "", value = ""]) => [name, value]));
}
