import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { loadSharedConfigFiles } from "@smithy/core/config";
import { profileFaultOf } from "../aws/profiles";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { S3State } from "../project/backend";
import { assumed, exchanged, type RoleCredentials } from "./roles";

/** Who asks for a state: as Terraform's S3 backend does, with the same identity at the same place. */
export interface StateClients {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;

  /** Account of the credentials. */
  readonly account: () => Promise<string>;
}

/**
 * The clients of a state.
 *
 * @throws CliError when its backend says something that is not honoured: it would be asked as somebody else.
 */
export function stateClients(state: S3State): StateClients {
  const { access } = state;
  refuseUnknown(state);
  const common = { region: () => stateRegion(state), ...credentialsOf(state) };
  const endpoint = (url: string | undefined) => (url === undefined ? {} : { endpoint: url });
  const pathStyle = access.pathStyle || Boolean(process.env.AWS_ENDPOINT_URL);
  const s3 = new S3Client({
    ...common,
    ...endpoint(access.endpoints.s3),
    ...(pathStyle ? { forcePathStyle: true } : {}),
  });
  const dynamodb = new DynamoDBClient({ ...common, ...endpoint(access.endpoints.dynamodb) });
  const sts = new STSClient({ ...common, ...endpoint(access.endpoints.sts), maxAttempts: 2 });
  const account = async () => (await sts.send(new GetCallerIdentityCommand({}))).Account ?? "";
  if (access.allowed.length > 0 || access.forbidden.length > 0) {
    let checked: Promise<void> | undefined;
    const check = () => {
      checked ??= account().then((found) => refuseAccount(state, found));
      return checked;
    };
    s3.middlewareStack.add((next) => async (args) => check().then(() => next(args)), { step: "initialize" });
    dynamodb.middlewareStack.add((next) => async (args) => check().then(() => next(args)), {
      step: "initialize",
    });
  }
  return { s3, dynamodb, account };
}

/**
 * Region of a state: of its backend's block, else of the environment, else of the profile.
 *
 * @throws CliError when none of them says it.
 */
export async function stateRegion(state: S3State): Promise<string> {
  if (state.region !== undefined) return state.region;
  const { access } = state;
  const { configFile, credentialsFile } = await loadSharedConfigFiles(filesOf(state));
  const profile = profileOf(state);
  const region = configFile[profile]?.region ?? credentialsFile[profile]?.region;
  if (region) return region;
  throw new CliError(
    EXIT.MISSING,
    `no Region for the bucket ${state.bucket}: its backend names none, nor do AWS_REGION, AWS_DEFAULT_REGION and profile ${profile}`,
    `at s3://${state.bucket}/${state.key}${access.configFile === undefined ? "" : `, with ${access.configFile}`}`,
    "set region in the backend's block, or AWS_REGION",
  );
}

/** Whether a backend has an identity of its own, and not that of this process. */
export function hasOwnIdentity({ access }: S3State): boolean {
  return access.role !== undefined || access.webIdentity !== undefined || hasOwnProfile(access);
}

function hasOwnProfile(access: S3State["access"]): boolean {
  if (access.profile !== undefined) return true;
  const files = access.configFile !== undefined || access.credentialsFile !== undefined;
  // As in Terraform: keys of the environment win over a profile that nobody named in the block.
  return files && !(process.env.AWS_ACCESS_KEY_ID && process.env.AWS_SECRET_ACCESS_KEY);
}

interface Credentials {
  readonly credentials?: ReturnType<typeof fromIni> | (() => Promise<RoleCredentials>);
}

/** The credentials of a backend: its profile's, its token's or this process's, and with them those of the role that it assumes. */
function credentialsOf(state: S3State): Credentials {
  const base = ownProfile(state);
  const { role, webIdentity, endpoints } = state.access;
  const endpoint = endpoints.sts === undefined ? {} : { endpoint: endpoints.sts };
  const common = { region: () => stateRegion(state), ...endpoint, maxAttempts: 2 };
  const first = webIdentity ? exchanged(new STSClient({ ...common, ...NOBODY }), webIdentity, state) : base;
  return role ? assumed(new STSClient({ ...common, ...first }), role, state) : first;
}

/** Who shows a token needs no credentials: none are looked for. */
const NOBODY = { credentials: { accessKeyId: "", secretAccessKey: "" } };

function ownProfile(state: S3State): Credentials {
  if (!hasOwnProfile(state.access)) return {};
  const profile = profileOf(state);
  const provider = fromIni({ profile, ...filesOf(state) });
  const credentials: typeof provider = (props) =>
    provider(props).catch((error: unknown) => {
      const { configFile, credentialsFile } = state.access;
      const fault = profileFaultOf(profile, process.env, { configFile, credentialsFile });
      const why = error instanceof Error ? error.message : String(error);
      throw new CliError(
        EXIT.MISSING,
        `no credentials of profile ${profile}, which the S3 backend uses: ${fault?.what ?? why}`,
        `at s3://${state.bucket}/${state.key}`,
        ...(fault?.advice ?? [`sign in, e.g. aws sso login --profile ${profile}, or write the profile`]),
      );
    });
  return { credentials };
}

function profileOf({ access }: S3State): string {
  return access.profile ?? (process.env.AWS_PROFILE || "default");
}

function filesOf({ access }: S3State): { readonly configFilepath?: string; readonly filepath?: string } {
  return {
    ...(access.configFile === undefined ? {} : { configFilepath: access.configFile }),
    ...(access.credentialsFile === undefined ? {} : { filepath: access.credentialsFile }),
  };
}

function refuseUnknown({ access, bucket, key }: S3State): void {
  const [first] = access.refused;
  if (!first) return;
  throw new CliError(
    EXIT.USAGE,
    `the S3 backend says ${access.refused.map(({ name }) => name).join(", ")}, which Groundplan does not follow`,
    `at s3://${bucket}/${key}`,
    ...new Set(access.refused.map(({ instead }) => instead)),
  );
}

function refuseAccount({ access, bucket, key }: S3State, account: string): void {
  const { allowed, forbidden } = access;
  if ((allowed.length === 0 || allowed.includes(account)) && !forbidden.includes(account)) return;
  throw new CliError(
    EXIT.HELD,
    `the credentials are of account ${account}, which the S3 backend does not allow`,
    `at s3://${bucket}/${key}`,
    allowed.length > 0
      ? `sign in to ${allowed.join(" or ")}, e.g. with AWS_PROFILE`
      : "sign in to another account",
  );
}
