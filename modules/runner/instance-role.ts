import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { fitName, NAME_RULES, type PolicyStatement, partitionOf, policyDocument } from "../core";
import { sessionStatements } from "../core/session-manager";
import { PULL_ACTIONS } from "../registry/grants";
import { logStatements } from "./instance-logs";

/** Tag of a configuration's parameter: ARN of the instance that may read it. `runner-scale-up` writes it. */
const CONFIGURATION_READER = "groundplan:instance";

/**
 * ARN of the instance to which the credentials of a request were given. The second `$` has Terraform leave it to IAM.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const OWN_INSTANCE = "$${ec2:SourceInstanceARN}";

/** Properties of {@link InstanceRole}. */
export interface InstanceRoleProps {
  /** Name of the fleet, which begins the role's. */
  readonly name: string;

  /** AWS Region. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** Path of the parameters that hold configurations. */
  readonly configurationPath: string;

  /** ARN of the bucket of the runner's program, which instances read. */
  readonly programBucketArn: string;

  /** ECR repositories that jobs pull from. */
  readonly pullRepositoryArns: readonly string[];

  /** Policies that the role gets as well. */
  readonly policyArns: readonly string[];
}

/**
 * The role of the instances: it reads and deletes configurations, can be reached by Session Manager, and pulls from the
 * named repositories. A job has it too, so it is narrow; what a job does in AWS beyond, it does by OpenID Connect.
 */
export class InstanceRole extends Construct {
  /** ARN of the role. */
  readonly arn: string;

  /** ARN of the profile by which an instance has it. */
  readonly profileArn: string;

  constructor(scope: Construct, id: string, props: InstanceRoleProps) {
    super(scope, id);
    // Roles are the account's, not the Region's: the Region keeps the names of two apart.
    const name = fitName(`${props.name}-runner-${props.region}`, NAME_RULES.role.maxLength);
    const role = new IamRole(this, "role", {
      name,
      description: `Instances of the runners of ${props.name}`,
      assumeRolePolicy: policyDocument([
        { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]),
      tags: { Name: name },
    });
    new IamRolePolicy(this, "policy", {
      name: "runner",
      role: role.id,
      policy: policyDocument(statements(props)),
    });
    for (const policyArn of props.policyArns) {
      new IamRolePolicyAttachment(this, policyArn.split("/").at(-1) ?? policyArn, {
        role: role.name,
        policyArn,
      });
    }
    this.arn = role.arn;
    this.profileArn = new IamInstanceProfile(this, "profile", {
      name,
      role: role.name,
      tags: { Name: name },
    }).arn;
  }
}

function statements({
  name,
  region,
  account,
  configurationPath,
  programBucketArn,
  pullRepositoryArns,
}: InstanceRoleProps) {
  const own: PolicyStatement[] = [
    {
      Sid: "Configuration",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:DeleteParameter"],
      Resource: `arn:${partitionOf(region)}:ssm:${region}:${account}:parameter${configurationPath}/*`,
      // All instances have the role, and a job may be root: it reads what is tagged with its own instance, and no other.
      Condition: { StringEquals: { [`aws:ResourceTag/${CONFIGURATION_READER}`]: OWN_INSTANCE } },
    },
    ...sessionStatements(region, account),
    ...logStatements(name, region, account),
    { Sid: "Program", Effect: "Allow", Action: "s3:GetObject", Resource: `${programBucketArn}/*` },
    // Prices are everybody's, and have no resource: a job says in its summary what it cost.
    {
      Sid: "Prices",
      Effect: "Allow",
      Action: ["ec2:DescribeSpotPriceHistory", "pricing:GetProducts"],
      Resource: "*",
    },
    // Without it, what is not there yet would be refused, and not missing.
    { Sid: "Look", Effect: "Allow", Action: "s3:ListBucket", Resource: programBucketArn },
  ];
  if (pullRepositoryArns.length > 0) {
    own.push(
      { Sid: "Pull", Effect: "Allow", Action: PULL_ACTIONS, Resource: pullRepositoryArns },
      // The token is the account's: the action takes no resource.
      { Sid: "PullToken", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    );
  }
  return own;
}
