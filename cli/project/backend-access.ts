import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** As whom and where an S3 backend asks AWS, as its block says it; what is missing comes from the environment. */
export interface StateAccess {
  /** AWS profile; wins over keys of the environment, as in Terraform. */
  readonly profile?: string;

  /** Files that hold the profile, in place of those in `~/.aws`. */
  readonly configFile?: string;
  readonly credentialsFile?: string;

  /** Endpoints in place of AWS's own. */
  readonly endpoints: { readonly s3?: string; readonly dynamodb?: string; readonly sts?: string };

  /** Whether a bucket is named in the path of an address, and not in its host. */
  readonly pathStyle: boolean;

  /** Role that a token of an identity provider is exchanged for: its credentials are there in place of all others. */
  readonly webIdentity?: WebIdentityRole;

  /** Role that is assumed with those credentials. */
  readonly role?: AssumedRole;

  /** Accounts that the credentials have to be of, or must not be of; empty when any will do. */
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];

  /** What the block says and is not honoured, with what to do instead. */
  readonly refused: readonly RefusedSetting[];
}

/** A role that an S3 backend assumes, as STS is asked for it. */
export interface AssumedRole {
  readonly RoleArn: string;

  /** @default - Terraform makes one up */
  readonly RoleSessionName?: string;
  readonly ExternalId?: string;
  readonly DurationSeconds?: number;
  readonly Policy?: string;
  readonly PolicyArns?: { arn: string }[];
  readonly Tags?: { Key: string; Value: string }[];
  readonly TransitiveTagKeys?: string[];
  readonly SourceIdentity?: string;
}

/** A role for a token, e.g. a CI job's, as STS is asked for it. */
export interface WebIdentityRole extends Pick<AssumedRole, "Policy" | "PolicyArns" | "DurationSeconds"> {
  /** @default - Terraform cannot do without one either */
  readonly RoleArn?: string;
  readonly RoleSessionName?: string;

  /** The token itself, or the file that holds the one of the day. */
  readonly token?: string;
  readonly tokenFile?: string;
}

/** A setting of an S3 backend that Groundplan does not follow: without it, it would ask as somebody else. */
export interface RefusedSetting {
  readonly name: string;
  readonly instead: string;
}

const KEYS = "put the keys in a profile and name that as profile, or in the environment";
const TERRAFORM = "use Terraform's own commands for it: terraform state, terraform force-unlock";

/** @see https://developer.hashicorp.com/terraform/language/backend/s3 */
const REFUSED: Readonly<Record<string, string>> = {
  access_key: KEYS,
  secret_key: KEYS,
  token: KEYS,
  sse_customer_key: TERRAFORM,
  custom_ca_bundle: "set AWS_CA_BUNDLE for Terraform and NODE_EXTRA_CA_CERTS for Groundplan",
  http_proxy: TERRAFORM,
  https_proxy: TERRAFORM,
  insecure: TERRAFORM,
  use_fips_endpoint: "set AWS_USE_FIPS_ENDPOINT=true",
  use_dualstack_endpoint: "set AWS_USE_DUALSTACK_ENDPOINT=true",
};

type Settings = Readonly<Record<string, unknown>>;

/** @param folder - where Terraform runs: files are named from there. */
export function accessOf(block: Settings, folder: string): StateAccess {
  const named = (block.endpoints ?? {}) as Settings;
  const endpoint = (service: string, old: string) => text(named[service]) ?? text(block[old]);
  const config = texts(block.shared_config_files);
  const credentials = [...texts(block.shared_credentials_files), ...texts(block.shared_credentials_file)];
  const refused = Object.entries(REFUSED).flatMap(([name, instead]) =>
    isSet(block[name]) ? [{ name, instead }] : [],
  );
  const several = (name: string, files: readonly string[]) =>
    files.length > 1 ? [{ name: `${name} with ${files.length} files`, instead: "name one file" }] : [];
  return {
    ...given("profile", text(block.profile)),
    ...given("configFile", pathOf(config[0], folder)),
    ...given("credentialsFile", pathOf(credentials[0], folder)),
    endpoints: {
      ...given("s3", endpoint("s3", "endpoint")),
      ...given("dynamodb", endpoint("dynamodb", "dynamodb_endpoint")),
      ...given("sts", endpoint("sts", "sts_endpoint")),
    },
    ...given("webIdentity", webIdentityOf(block, folder)),
    ...given("role", roleOf(block)),
    pathStyle: block.use_path_style === true || block.force_path_style === true,
    allowed: texts(block.allowed_account_ids),
    forbidden: texts(block.forbidden_account_ids),
    refused: [
      ...refused,
      ...several("shared_config_files", config),
      ...several("shared_credentials_files", credentials),
    ],
  };
}

/** The role of a block: `assume_role`, or the arguments of Terraforms before 1.6, which cdktf still writes. */
function roleOf(block: Settings): AssumedRole | undefined {
  const nested = nestedIn(block.assume_role);
  const RoleArn = text(nested?.role_arn) ?? text(block.role_arn);
  if (RoleArn === undefined) return undefined;
  const setting = (name: string, old: string) => (nested ? nested[name] : block[old]);
  const arns = texts(setting("policy_arns", "assume_role_policy_arns"));
  const tags = Object.entries((setting("tags", "assume_role_tags") ?? {}) as Settings);
  const transitive = texts(setting("transitive_tag_keys", "assume_role_transitive_tag_keys"));
  return {
    RoleArn,
    ...given("RoleSessionName", text(setting("session_name", "session_name"))),
    ...given("ExternalId", text(setting("external_id", "external_id"))),
    ...given("DurationSeconds", secondsOf(nested?.duration ?? block.assume_role_duration_seconds)),
    ...given("Policy", text(setting("policy", "assume_role_policy"))),
    ...given("SourceIdentity", text(nested?.source_identity)),
    ...(arns.length > 0 ? { PolicyArns: arns.map((arn) => ({ arn })) } : {}),
    ...(tags.length > 0 ? { Tags: tags.map(([Key, value]) => ({ Key, Value: String(value) })) } : {}),
    ...(transitive.length > 0 ? { TransitiveTagKeys: [...transitive] } : {}),
  };
}

/** What a nested block leaves out, Terraform takes from the environment. */
function webIdentityOf(block: Settings, folder: string): WebIdentityRole | undefined {
  const nested = nestedIn(block.assume_role_with_web_identity);
  if (!nested) return undefined;
  const { AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME, AWS_WEB_IDENTITY_TOKEN_FILE } = process.env;
  const arns = texts(nested.policy_arns);
  const token = text(nested.web_identity_token);
  const file = pathOf(text(nested.web_identity_token_file), folder) ?? text(AWS_WEB_IDENTITY_TOKEN_FILE);
  return {
    ...given("RoleArn", text(nested.role_arn) ?? text(AWS_ROLE_ARN)),
    ...given("RoleSessionName", text(nested.session_name) ?? text(AWS_ROLE_SESSION_NAME)),
    ...given("DurationSeconds", secondsOf(nested.duration)),
    ...given("Policy", text(nested.policy)),
    ...(arns.length > 0 ? { PolicyArns: arns.map((arn) => ({ arn })) } : {}),
    ...(token === undefined ? given("tokenFile", file) : { token }),
  };
}

/** A block within a block, which cdktf writes as an object and older versions as a list of one. */
function nestedIn(value: unknown): Settings | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === "object" && one !== null ? (one as Settings) : undefined;
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** A duration as Go writes it (`1h30m`), or a number of seconds. */
function secondsOf(duration: unknown): number | undefined {
  if (typeof duration === "number") return duration;
  const parts = [...(text(duration) ?? "").matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  const seconds = parts.reduce((sum, [, count, unit = "s"]) => sum + Number(count) * (UNITS[unit] ?? 1), 0);
  return seconds > 0 ? Math.round(seconds) : undefined;
}

/** The text of a setting; undefined for an empty one, which Terraform takes as not given. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((one) => text(one) ?? []);
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== "" && value !== false;
}

/** A file as Terraform finds it: `~` and variables stand for what they do in a shell. */
function pathOf(file: string | undefined, folder: string): string | undefined {
  if (file === undefined) return undefined;
  const expanded = file.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => process.env[name] ?? "");
  return expanded.startsWith("~/") ? join(homedir(), expanded.slice(2)) : resolve(folder, expanded);
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [name in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [name in K]: V });
}
