import { partitionOf } from "../core/partition";
import type { PolicyStatement } from "../core/policy";
import {
  builderMachineRoleArns,
  IMAGE_TAG,
  type ImagePlace,
  imageKeyAlias,
  imageParameterPath,
} from "./names";

/** What is to be built, and where. */
export interface BuilderAccess extends ImagePlace {
  /** Names of the images; at least one. */
  readonly images: readonly string[];

  /** Accounts whose images a build may begin with, by number. */
  readonly baseOwners: readonly string[];

  /** What begins the names of further parameters that hold AMI ids: a build reads them before it removes one. */
  readonly parameterPaths: readonly string[];
}

/** Actions on what is there already; each is allowed on what a build has made, and denied on everything else. */
const CHANGES = [
  "ec2:AuthorizeSecurityGroupIngress",
  "ec2:DeleteKeyPair",
  "ec2:DeleteSecurityGroup",
  "ec2:DeleteSnapshot",
  "ec2:DeleteVolume",
  "ec2:DeregisterImage",
  "ec2:DisableImageDeregistrationProtection",
  "ec2:EnableImageDeprecation",
  "ec2:EnableImageDeregistrationProtection",
  "ec2:GetConsoleOutput",
  "ec2:ModifyImageAttribute",
  "ec2:ModifyInstanceAttribute",
  "ec2:ModifySnapshotAttribute",
  "ec2:RebootInstances",
  "ec2:StopInstances",
  "ec2:TerminateInstances",
];

/** What tells something, and takes no resource. */
const READS = [
  "autoscaling:DescribeAutoScalingGroups",
  "autoscaling:DescribeLaunchConfigurations",
  "ec2:DescribeFleets",
  "ec2:DescribeImageAttribute",
  "ec2:DescribeImages",
  "ec2:DescribeInstanceStatus",
  "ec2:DescribeInstanceTypeOfferings",
  "ec2:DescribeInstanceTypes",
  "ec2:DescribeInstances",
  "ec2:DescribeKeyPairs",
  "ec2:DescribeLaunchTemplateVersions",
  "ec2:DescribeLaunchTemplates",
  "ec2:DescribeRegions",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSnapshots",
  "ec2:DescribeSpotFleetRequests",
  "ec2:DescribeSubnets",
  "ec2:DescribeTags",
  "ec2:DescribeVolumes",
  "ec2:DescribeVpcs",
  "ec2:GetEbsEncryptionByDefault",
  "ec2:GetImageBlockPublicAccessState",
  "ec2:ListImagesInRecycleBin",
  "servicequotas:GetServiceQuota",
  "ssm:DescribeParameters",
];

/** Requests that make something, which has to be tagged by them. */
const CREATIONS = [
  "CopyImage",
  "CreateImage",
  "CreateKeyPair",
  "CreateSecurityGroup",
  "ImportKeyPair",
  "RunInstances",
];

/**
 * What a workflow may do that builds, tests, publishes and removes images: it makes what carries the images' tag, changes
 * what carries it, and nothing else of the account. A machine gets one role, from one service.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export function builderStatements(access: BuilderAccess): readonly PolicyStatement[] {
  const { images, baseOwners, parameterPaths, region, account, prefix, place } = access;
  const partition = partitionOf(region);
  const own = (type: string) => `arn:${partition}:ec2:*:${account}:${type}/*`;
  // Images and their snapshots are of no account in an ARN.
  const ofAll = (type: string) => `arn:${partition}:ec2:*::${type}/*`;
  const asked = { StringEquals: { [`aws:RequestTag/${IMAGE_TAG}`]: images } };
  const tagged = { StringEquals: { [`aws:ResourceTag/${IMAGE_TAG}`]: images } };
  const made = [
    own("instance"),
    own("volume"),
    own("key-pair"),
    own("security-group"),
    ofAll("image"),
    ofAll("snapshot"),
  ];
  return [
    { Sid: "Read", Effect: "Allow", Action: READS, Resource: "*" },
    {
      Sid: "Make",
      Effect: "Allow",
      Action: CREATIONS.map((action) => `ec2:${action}`),
      Resource: made.filter((arn) => !arn.endsWith(":instance/*")),
      Condition: asked,
    },
    {
      Sid: "MakeMachines",
      Effect: "Allow",
      Action: "ec2:RunInstances",
      Resource: own("instance"),
      Condition: { StringEquals: { ...asked.StringEquals, "ec2:MetadataHttpTokens": "required" } },
    },
    {
      Sid: "StartInNetworks",
      Effect: "Allow",
      Action: ["ec2:RunInstances", "ec2:CreateSecurityGroup"],
      Resource: [own("subnet"), own("vpc"), own("network-interface")],
    },
    {
      Sid: "BeginWithBases",
      Effect: "Allow",
      Action: "ec2:RunInstances",
      Resource: [ofAll("image"), ofAll("snapshot")],
      Condition: { StringEquals: { "ec2:Owner": [account, ...baseOwners] } },
    },
    {
      Sid: "UseMade",
      Effect: "Allow",
      Action: ["ec2:RunInstances", "ec2:CreateImage", "ec2:CopyImage"],
      Resource: made,
      Condition: tagged,
    },
    {
      Sid: "TagWhatIsMade",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      // Packer tags the interface of its machine too.
      Resource: [...made, own("network-interface")],
      Condition: { StringEquals: { ...asked.StringEquals, "ec2:CreateAction": CREATIONS } },
    },
    {
      Sid: "Change",
      Effect: "Allow",
      Action: [...CHANGES, "ec2:CreateTags"],
      Resource: made,
      Condition: tagged,
    },
    {
      // Whatever else the role is given.
      Sid: "NothingOfOthers",
      Effect: "Deny",
      Action: CHANGES,
      Resource: "*",
      Condition: { StringNotEquals: { [`aws:ResourceTag/${IMAGE_TAG}`]: images } },
    },
    {
      Sid: "PassMachineRole",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: builderMachineRoleArns(access),
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    {
      Sid: "Parameters",
      Effect: "Allow",
      Action: [
        "ssm:AddTagsToResource",
        "ssm:DeleteParameter",
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:PutParameter",
      ],
      Resource: `arn:${partition}:ssm:*:${account}:parameter${imageParameterPath(place)}/*`,
    },
    {
      Sid: "Contract",
      Effect: "Allow",
      Action: "ssm:GetParameter",
      Resource: `arn:${partition}:ssm:*:${account}:parameter${imageParameterPath(place)}`,
    },
    ...(parameterPaths.length === 0
      ? []
      : [
          {
            Sid: "ParametersOfOthers",
            Effect: "Allow" as const,
            Action: "ssm:GetParameters",
            Resource: parameterPaths.flatMap((path) => [
              `arn:${partition}:ssm:*:${account}:parameter${path}`,
              `arn:${partition}:ssm:*:${account}:parameter${path}/*`,
            ]),
          },
        ]),
    {
      Sid: "Sessions",
      Effect: "Allow",
      Action: ["ssm:StartSession"],
      Resource: [own("instance")],
      Condition: { StringEquals: { [`ssm:resourceTag/${IMAGE_TAG}`]: images } },
    },
    {
      // Packer names this document, and whoever names one needs it.
      Sid: "SessionDocument",
      Effect: "Allow",
      Action: "ssm:StartSession",
      Resource: `arn:${partition}:ssm:*::document/AWS-StartPortForwardingSession`,
    },
    {
      Sid: "EndOwnSessions",
      Effect: "Allow",
      Action: "ssm:TerminateSession",
      Resource: `arn:${partition}:ssm:*:${account}:session/groundplan-image-*`,
    },
    {
      Sid: "Key",
      Effect: "Allow",
      Action: [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ],
      Resource: `arn:${partition}:kms:*:${account}:key/*`,
      Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": imageKeyAlias(prefix) } },
    },
    {
      Sid: "KeyForVolumes",
      Effect: "Allow",
      Action: "kms:CreateGrant",
      Resource: `arn:${partition}:kms:*:${account}:key/*`,
      Condition: {
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": imageKeyAlias(prefix) },
        Bool: { "kms:GrantIsForAWSResource": "true" },
      },
    },
  ];
}
