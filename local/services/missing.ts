import { pathOf, queryOf, type RequestHead } from "../gateway/exchange";

/** A call that is not emulated. */
export interface MissingCall {
  /** Name that the service signs with. */
  readonly service: string;

  /** Its name in the API reference. */
  readonly operation: string;

  /**
   * How a request of a REST protocol is known.
   *
   * @default - by the name, which stands in the request
   */
  readonly request?: RestRequest;

  /** What would happen otherwise, or what it is about. */
  readonly what: string;
}

interface RestRequest {
  readonly method: string;

  /** Path, with `*` for one part. */
  readonly path: string;

  /** Name that the query has. @default - any query */
  readonly query?: string;
}

const BUCKET = "MiniStack would make or list the bucket";
const NOT_KEPT = "MiniStack lists none and makes none";
const NOT_THERE = "moto does not have it";

/**
 * Calls that are known to be missing, and are refused at once with `UnsupportedOperation`: an emulator either lacks them or
 * would take them for something else. It is what platform teams were seen to ask for, and not all that AWS has: any other
 * call that an emulator does not know is refused too, when it says so.
 */
export const MISSING: readonly MissingCall[] = [
  ...[
    "abac",
    "metadataConfiguration",
    "metadataTable",
    "metadataInventoryTable",
    "metadataJournalTable",
  ].flatMap((query) =>
    ["GET", "PUT", "POST", "DELETE"].map((method) => ({
      service: "s3",
      operation: `${method} ?${query}`,
      request: { method, path: "/*", query },
      what: BUCKET,
    })),
  ),
  ...[
    ["CreateStreamingDistribution", "streaming-distribution"],
    ["CreateFieldLevelEncryptionConfig", "field-level-encryption"],
    ["CreateFieldLevelEncryptionProfile", "field-level-encryption-profile"],
    ["CreateContinuousDeploymentPolicy", "continuous-deployment-policy"],
    ["CreateRealtimeLogConfig", "realtime-log-config"],
    ["CreateAnycastIpList", "anycast-ip-list"],
  ].map(([operation = "", path]) => ({
    service: "cloudfront",
    operation,
    request: { method: "POST", path: `/2020-05-31/${path}` },
    what: NOT_KEPT,
  })),
  { service: "ec2", operation: "EnableFastSnapshotRestores", what: NOT_THERE },
  { service: "ec2", operation: "DescribeFastSnapshotRestores", what: NOT_THERE },
  { service: "ec2", operation: "CreateVerifiedAccessInstance", what: NOT_THERE },
  { service: "autoscaling", operation: "PutNotificationConfiguration", what: NOT_THERE },
  { service: "iam", operation: "CreateServiceSpecificCredential", what: NOT_THERE },
  { service: "elasticache", operation: "CreateServerlessCache", what: NOT_THERE },
  { service: "elasticache", operation: "CreateCacheParameterGroup", what: NOT_THERE },
  { service: "elasticache", operation: "CreateGlobalReplicationGroup", what: NOT_THERE },
  {
    service: "elasticfilesystem",
    operation: "CreateReplicationConfiguration",
    request: { method: "POST", path: "/2015-02-01/file-systems/*/replication-configuration" },
    what: NOT_THERE,
  },
  { service: "monitoring", operation: "PutAnomalyDetector", what: NOT_THERE },
  { service: "monitoring", operation: "PutMetricStream", what: NOT_THERE },
  { service: "elasticloadbalancing", operation: "CreateTrustStore", what: NOT_THERE },
  {
    service: "route53",
    operation: "CreateTrafficPolicy",
    request: { method: "POST", path: "/2013-04-01/trafficpolicy" },
    what: NOT_THERE,
  },
  {
    service: "route53",
    operation: "CreateKeySigningKey",
    request: { method: "POST", path: "/2013-04-01/keysigningkey" },
    what: NOT_THERE,
  },
  { service: "acm", operation: "RevokeCertificate", what: NOT_THERE },
  { service: "ssm", operation: "GetInventory", what: NOT_THERE },
  { service: "ssm", operation: "CreateResourceDataSync", what: NOT_THERE },
  { service: "logs", operation: "PutAccountPolicy", what: "MiniStack does not have it" },
  { service: "logs", operation: "PutTransformer", what: "MiniStack does not have it" },
  { service: "ecr-public", operation: "DescribeImages", what: "nothing is pushed to a public repository" },
  {
    service: "ecr-public",
    operation: "GetAuthorizationToken",
    what: "nothing is pushed to a public repository",
  },
];

/** The entry of the list that a request is; undefined for a call that goes on. */
export function missingCall(
  { scope, method, url, operation, target }: RequestHead,
  list: readonly MissingCall[] = MISSING,
): MissingCall | undefined {
  if (!scope || target !== undefined) return undefined;
  return list.find((call) => {
    if (call.service !== scope.service) return false;
    if (!call.request) return call.operation === operation;
    const { query } = call.request;
    return (
      call.request.method === method &&
      hasForm(pathOf(url), call.request.path) &&
      (query === undefined || queryOf(url).has(query))
    );
  });
}

/** Whether a path has a form, in which `*` stands for one part; a `/` at the end counts for nothing. */
function hasForm(path: string, form: string): boolean {
  const parts = path.replace(/\/$/, "").split("/");
  const wanted = form.split("/");
  return (
    parts.length === wanted.length &&
    wanted.every((part, at) => (part === "*" ? parts[at] !== "" : part === parts[at]))
  );
}
