import type { Fault } from "../core/errors";
import { partitionOf } from "../core/partition";
import type { PolicyStatement } from "../core/policy";

/** Whose credentials may pass an endpoint, and whose data they may reach by it: anybody's (`open`), an account's, or an organization's. */
export type EndpointAccess =
  | "open"
  | {
      /** AWS account, 12 digits. */
      readonly account: string;
    }
  | {
      /** Id of an organization, e.g. `o-a1b2c3d4e5`. */
      readonly organization: string;
    };

/** Services that hold data: what is reached there is to be one's own as well. */
const DATA: readonly string[] = ["dynamodb", "kms", "s3", "secretsmanager", "sns", "sqs"];

/** Further services whose endpoints take a policy. Images and public parameters of AWS belong to other accounts. */
const CALLERS: readonly string[] = [
  "autoscaling",
  "ec2",
  "ecr.api",
  "ecr.dkr",
  "elasticloadbalancing",
  "events",
  "execute-api",
  "lambda",
  "logs",
  "monitoring",
  "ssm",
  "states",
  "sts",
];

/**
 * Buckets of AWS that machines read: layers of ECR's images, packages of Amazon Linux, and what the SSM agent asks for. Their
 * requests are signed by AWS, or by nobody.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html
 */
function bucketsOfAws(region: string): readonly string[] {
  return [
    `prod-${region}-starport-layer-bucket`,
    `al2023-repos-${region}-*`,
    `amazon-ssm-${region}`,
    `amazon-ssm-packages-${region}`,
    `aws-ssm-${region}`,
    `aws-ssm-document-attachments-${region}`,
    `patch-baseline-snapshot-${region}`,
    `${region}-birdwatcher-prod`,
  ];
}

/** Whether a service's endpoint gets a policy: others take none, or are not known to. */
export function hasEndpointPolicy(service: string): boolean {
  return DATA.includes(service) || CALLERS.includes(service);
}

/** Where an endpoint is, and what passes it. */
export interface EndpointPolicyProps {
  /** Short name of the service, e.g. `ecr.api`. */
  readonly service: string;

  /** AWS Region of the endpoint. */
  readonly region: string;

  /** Whose credentials and data pass; undefined for the policy that is there. */
  readonly access: EndpointAccess | undefined;

  /** Names of buckets of others that may be read; `s3` alone heeds them. */
  readonly readableBuckets: readonly string[];
}

/**
 * The statements of an endpoint's policy: nobody brings credentials of another account to take data out, and at services that
 * hold data nobody reaches another's. Undefined where nothing is said: AWS's own lets everything through, and one that was
 * written before stays, since Terraform takes away none.
 *
 * @see https://docs.aws.amazon.com/whitepapers/latest/building-a-data-perimeter-on-aws/perimeter-implementation.html
 */
export function endpointStatements(props: EndpointPolicyProps): readonly PolicyStatement[] | undefined {
  const { service, region, access, readableBuckets } = props;
  if (access === undefined || !hasEndpointPolicy(service)) return undefined;
  if (access === "open") return [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }];
  const [caller, resource, value] =
    "account" in access
      ? (["aws:PrincipalAccount", "aws:ResourceAccount", access.account] as const)
      : (["aws:PrincipalOrgID", "aws:ResourceOrgID", access.organization] as const);
  const own: PolicyStatement = {
    Sid: "Own",
    Effect: "Allow",
    Principal: "*",
    Action: "*",
    Resource: "*",
    Condition: {
      StringEquals: { [caller]: value, ...(DATA.includes(service) ? { [resource]: value } : {}) },
    },
  };
  if (service === "sts") {
    // IRSA: who asks has no credentials yet.
    const Condition = { StringEquals: { [resource]: value } };
    const Action = "sts:AssumeRoleWithWebIdentity";
    return [own, { Sid: "WebIdentity", Effect: "Allow", Principal: "*", Action, Resource: "*", Condition }];
  }
  if (service !== "s3") return [own];
  const arns = (buckets: readonly string[]) =>
    buckets.map((bucket) => `arn:${partitionOf(region)}:s3:::${bucket}`);
  const read = (Sid: string, Action: readonly string[], Resource: readonly string[]): PolicyStatement => ({
    Sid,
    Effect: "Allow",
    Principal: "*",
    Action,
    Resource,
  });
  return [
    own,
    read("OfAws", ["s3:GetObject"], arns(bucketsOfAws(region).map((bucket) => `${bucket}/*`))),
    ...(readableBuckets.length === 0
      ? []
      : [
          read(
            "OfOthers",
            ["s3:GetObject", "s3:ListBucket"],
            [...arns(readableBuckets), ...arns(readableBuckets.map((bucket) => `${bucket}/*`))],
          ),
        ]),
  ];
}

/** Every fault of who passes the endpoints. */
export function endpointAccessFaults(
  access: EndpointAccess | undefined,
  readableBuckets: readonly string[],
): readonly Fault[] {
  const faults: Fault[] = [];
  if ((access === undefined || access === "open") && readableBuckets.length > 0) {
    faults.push({
      what: "readableBuckets is set, and the endpoints let everything through",
      instead: "set endpointAccess, or leave it out",
    });
  }
  if (access !== undefined && access !== "open") {
    const [what, value, valid, instead] =
      "account" in access
        ? ["account", access.account, /^\d{12}$/, 'use e.g. { account: "123456789012" }']
        : [
            "organization",
            access.organization,
            /^o-[a-z0-9]{10,32}$/,
            'use e.g. { organization: "o-a1b2c3d4e5" }',
          ];
    if (!(value as string).includes("${") && !(valid as RegExp).test(value as string)) {
      faults.push({
        what: `${what} ${JSON.stringify(value)} of endpointAccess is none`,
        instead: instead as string,
      });
    }
  }
  for (const bucket of readableBuckets) {
    if (bucket.includes("${") || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) continue;
    faults.push({
      what: `readableBuckets has ${JSON.stringify(bucket)}, which is not the name of one bucket`,
      instead: 'use e.g. "packages-of-the-vendor"',
    });
  }
  return faults;
}
