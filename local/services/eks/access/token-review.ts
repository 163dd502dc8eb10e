import type { IssuedCredentials } from "../../../credentials/issued";
import type { WholeRequest, WholeResponse } from "../../../gateway/exchange";
import { scopeOf } from "../../../gateway/scope";
import type { ClusterRecord, Document } from "../state";
import { type Caller, callerOf, principalOf, usernameOf } from "./identity";
import { isSignedBy } from "./signature";
import { CLUSTER_HEADER, PREFIX, type Presigned, presignedOf, TokenError } from "./token";

/** What a token review needs to know. */
export interface Reviewer {
  readonly document: Document;
  readonly credentials: IssuedCredentials;

  /** Host and port of the gateway. */
  readonly host: string;
  readonly ask: (request: WholeRequest) => Promise<WholeResponse>;
}

/** Key under which the authorizer finds the cluster that a token was for. */
export const CLUSTER_KEY = "eks.groundplan.local/cluster";

/** Key of the principal: the role, and not its session. */
export const PRINCIPAL_KEY = "eks.groundplan.local/principal";

/**
 * Says who the bearer of a token of `aws eks get-token` is: a TokenReview in, and out.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#webhook-token-authentication
 */
export async function reviewToken(token: string, reviewer: Reviewer): Promise<object> {
  const answer = (status: object) => ({
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenReview",
    status,
  });
  // Somebody else's kind of token: no opinion.
  if (!token.startsWith(PREFIX)) return answer({ authenticated: false });
  try {
    return answer({ authenticated: true, user: await userOf(token, reviewer) });
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    return answer({ authenticated: false, error: error.message });
  }
}

async function userOf(token: string, reviewer: Reviewer): Promise<object> {
  const presigned = presignedOf(token, reviewer.host, new Date());
  const records = signedFor(presigned, reviewer);
  const caller = await identify(presigned, records[0]?.cluster.name ?? "", reviewer);
  const principal = principalOf(caller.arn);
  for (const { cluster, accessEntries } of records) {
    const held = Object.values(accessEntries).find(
      ({ entry }) => principalOf(entry.principalArn) === principal,
    );
    if (!held || cluster.accessConfig.authenticationMode === "CONFIG_MAP") continue;
    const { entry } = held;
    return {
      username: usernameOf(entry.username, caller, presigned.accessKey),
      uid: `aws-iam-authenticator:${caller.account}:${caller.id}`,
      groups: entry.kubernetesGroups,
      extra: {
        accessKeyId: [presigned.accessKey],
        arn: [caller.arn],
        canonicalArn: [entry.principalArn],
        principalId: [caller.id],
        sessionName: [caller.session],
        [CLUSTER_KEY]: [cluster.arn],
        [PRINCIPAL_KEY]: [entry.principalArn],
      },
    };
  }
  throw new TokenError(`${caller.arn} has no access entry on cluster ${records[0]?.cluster.name}`);
}

/** The clusters that a token was signed for: several, where accounts or Regions have one of the same name. */
function signedFor(presigned: Presigned, { document, credentials }: Reviewer): readonly ClusterRecord[] {
  const secrets = secretsOf(presigned.accessKey, credentials);
  const records = Object.values(document).flatMap((clusters) => Object.values(clusters));
  const names = [...new Set(records.map(({ cluster }) => cluster.name))];
  const name = names.find((one) => secrets.some((secret) => isSignedBy(presigned, secret, one)));
  if (name === undefined) {
    throw new TokenError(
      `the token is signed with another secret than that of ${presigned.accessKey}, or for none of the clusters ${names.join(", ")}`,
    );
  }
  return records.filter(({ cluster }) => cluster.name === name);
}

/** The secret of a key that was given out here; else those that the emulator's own keys come with. */
function secretsOf(accessKey: string, credentials: IssuedCredentials): readonly string[] {
  const issued = credentials.find(accessKey);
  if (issued) return [issued.secret];
  if (/^A(?:SIA|KIA)/.test(accessKey)) return [];
  return ["groundplan-local", accessKey];
}

/** Makes the call that the token holds. */
async function identify({ url }: Presigned, cluster: string, { ask }: Reviewer): Promise<Caller> {
  const path = `${url.pathname}${url.search}`;
  const headers = { host: url.host, [CLUSTER_HEADER]: cluster };
  const { status, body } = await ask({
    method: "GET",
    url: path,
    headers,
    scope: scopeOf(headers, path),
    operation: "GetCallerIdentity",
    body: Buffer.alloc(0),
  });
  const caller = callerOf(String(body));
  if (status === 200 && caller.arn !== "") return caller;
  throw new TokenError(`error from STS (expected 200, got ${status})`);
}
