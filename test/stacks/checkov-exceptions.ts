import { readdirSync } from "node:fs";
import { join } from "node:path";

/** The services of the repository: each has a stack of its name. */
const SERVICES = readdirSync(join(__dirname, "../../services"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Resources of a type in the stacks of services. */
const ofServices = (type: string) => new RegExp(`-(?:${SERVICES.join("|")})\\.${type}\\.`);

/** Resources of a type in the stacks of runners. */
const ofRunners = (type: string) => new RegExp(`-runners\\.${type}\\.`);

/** Resources of a type in the functions that no environment has. */
const ofChoices = (type: string) => new RegExp(`-functions\\.${type}\\.`);

/** A finding of checkov that is not mended, and why. */
export interface CheckovException {
  /** Id of the check, e.g. `CKV_AWS_338`. */
  readonly check: string;

  /** Matches the resource's address, with its stack as the module: `module.dev-network.aws_…`. */
  readonly resource: RegExp;

  readonly reason: string;
}

/** An exception that no finding needs any more fails the test, so that this list never grows stale. */
export const EXCEPTIONS: readonly CheckovException[] = [
  {
    check: "CKV_AWS_158",
    resource: /-network\.aws_cloudwatch_log_group\.vpc_flow-logs/,
    reason:
      "CloudWatch Logs encrypts every group with a key of its own; a KMS key is the overlay's `flowLogs.encrypted`",
  },
  {
    check: "CKV_AWS_338",
    resource: /-network\.aws_cloudwatch_log_group\.vpc_flow-logs/,
    reason:
      "Flow logs are for looking into a fault, and kept 14, 30 or 90 days: a year costs more than it tells",
  },
  {
    check: "CKV_AWS_136",
    resource: /\.dev-registry\.aws_ecr_repository\./,
    reason: "ECR encrypts with AES-256; a KMS key of one's own is for staging and prod",
  },
  {
    check: "CKV_AWS_51",
    resource: /\.(?:dev|choices)-registry\.aws_ecr_repository\./,
    reason: "In dev, whose settings the choices have, a tag such as `latest` may move",
  },
  {
    check: "CKV_AWS_145",
    resource: /\.state\.aws_s3_bucket\.(?:terraform_state|artifacts)/,
    reason:
      "S3 encrypts state and artifacts with its own keys. A KMS key is `encryption` of StateBackend: whoever reads a state then needs it too",
  },
  {
    check: "CKV_AWS_18",
    resource: /\.state\.aws_s3_bucket\.(?:terraform_state|artifacts)/,
    reason: "Reads of both belong into the account's CloudTrail data events, not into another bucket",
  },
  {
    check: "CKV2_AWS_62",
    resource: /\.state\.aws_s3_bucket\.(?:terraform_state|artifacts)/,
    reason: "Nothing acts on a new state or artifact",
  },
  {
    check: "CKV_AWS_144",
    resource: /\.state\.aws_s3_bucket\.(?:terraform_state|artifacts)/,
    reason:
      "Old versions bring a lost state back, and artifacts are built again from their commits. A replica does not take part in the locks: two writers in two Regions would lose each other's work",
  },
  {
    check: "CKV2_AWS_34",
    resource: /\.aws_ssm_parameter\.(?:contract$|[\w-]+_contract_)/,
    reason: "A contract holds ids and addresses for every reader of the account, never a secret",
  },
  {
    check: "CKV_AWS_158",
    resource: /-cluster\.aws_cloudwatch_log_group\.cluster_log-group/,
    reason: "CloudWatch Logs encrypts every group with a key of its own",
  },
  {
    check: "CKV_AWS_338",
    resource: /-cluster\.aws_cloudwatch_log_group\.cluster_log-group/,
    reason: "The control plane's logs are kept 14, 30 or 90 days: `cluster.logRetentionDays` of the overlay",
  },
  {
    check: "CKV_AWS_37",
    resource: /\.(?:dev|choices|auto)-cluster\.aws_eks_cluster\./,
    reason:
      "In dev, whose settings the choices have, the scheduler's and the controller manager's logs cost more than they tell",
  },
  {
    check: "CKV_AWS_58",
    resource: /\.dev-cluster\.aws_eks_cluster\./,
    reason: "EKS encrypts the volumes of etcd; a KMS key of one's own is for staging and prod",
  },
  {
    check: "CKV_AWS_61",
    resource: /-cluster\.aws_iam_role\.cluster_roles_admin_role/,
    reason: "The admin role trusts its own account: IAM policies there say who may assume it",
  },
  {
    check: "CKV_AWS_63",
    resource: /^module\.identity\.aws_iam_policy\.github_\w+_boundary_/,
    reason:
      "A boundary allows nothing by itself: it names what the role may never reach, and leaves the rest open",
  },
  {
    check: "CKV_AWS_287",
    resource: /^module\.identity\.aws_iam_policy\.github_\w+_boundary_/,
    reason: "A boundary allows nothing by itself, and refuses users and access keys",
  },
  {
    check: "CKV2_AWS_40",
    resource: /^module\.identity\.aws_iam_policy\.github_\w+_boundary_/,
    reason:
      "A boundary allows nothing by itself: in IAM the role may write under its environment's names only",
  },
  {
    check: "CKV_AWS_286",
    resource: /^module\.identity\.aws_iam_policy\.github_plan_boundary_/,
    reason:
      "A boundary allows nothing by itself: the role has AWS's ReadOnlyAccess within it, which changes no roles",
  },
  {
    check: "CKV_AWS_288",
    resource: /^module\.identity\.aws_iam_policy\.github_plan_boundary_/,
    reason: "A boundary allows nothing by itself: what returns data is refused by the role's own policy",
  },
  {
    check: "CKV_AWS_289",
    resource: /^module\.identity\.aws_iam_policy\.github_plan_boundary_/,
    reason: "A boundary allows nothing by itself: ReadOnlyAccess within it changes no permissions",
  },
  {
    check: "CKV_AWS_290",
    resource: /^module\.identity\.aws_iam_policy\.github_plan_boundary_/,
    reason: "A boundary allows nothing by itself: ReadOnlyAccess within it writes nothing",
  },
  {
    check: "CKV_AWS_355",
    resource: /^module\.identity\.aws_iam_policy\.github_plan_boundary_/,
    reason: "A boundary names the services of which a plan reads every resource",
  },
  {
    check: "CKV_AWS_355",
    resource: /^module\.identity\.aws_iam_role_policy\.github_\w+_apply_iam_/,
    reason: "Reading IAM on every resource: AWS's own policies are read by plans, and IAM holds no secrets",
  },
  {
    check: "CKV_AWS_309",
    resource: ofServices("aws_apigatewayv2_route"),
    reason:
      "What anybody may ask, each route says so: access public; of a new service that is its health and its version",
  },
  {
    check: "CKV_AWS_158",
    resource: ofServices("aws_cloudwatch_log_group"),
    reason: "CloudWatch Logs encrypts every group with a key of its own; a KMS key is `kmsKeyArn`",
  },
  {
    check: "CKV_AWS_338",
    resource: ofServices("aws_cloudwatch_log_group"),
    reason: "Logs of a service are for looking into a fault, and kept 14, 30 or 90 days",
  },
  {
    check: "CKV_AWS_116",
    resource: ofServices("aws_lambda_function"),
    reason: "An API waits for the answer and gets the failure: there is no event that could be left over",
  },
  {
    check: "CKV_AWS_117",
    resource: ofServices("aws_lambda_function"),
    reason: "It reaches nothing in the VPC; there it would need a NAT gateway to reach anything else",
  },
  {
    check: "CKV_AWS_272",
    resource: ofServices("aws_lambda_function"),
    reason:
      "The object version and the hash of the pin say which bytes run; only the pin's writers can change them",
  },
  ...["CKV_AWS_290", "CKV_AWS_355"].map((check) => ({
    check,
    resource: /-addons\.aws_iam_role_policy\.addons_aws-load-balancer-controller_role_policies_/,
    reason: "The policy that the controller's maintainers publish, held by its digest",
  })),
  {
    check: "CKV_AWS_309",
    resource: ofRunners("aws_apigatewayv2_route"),
    reason:
      "GitHub signs its webhooks, and the function checks that: API Gateway knows no such authorization",
  },
  {
    check: "CKV_AWS_158",
    resource: ofRunners("aws_cloudwatch_log_group"),
    reason: "CloudWatch Logs encrypts every group with a key of its own; a KMS key is `kmsKeyArn`",
  },
  {
    check: "CKV_AWS_338",
    resource: ofRunners("aws_cloudwatch_log_group"),
    reason: "How instances were started and ended is looked into within weeks: `runners.logRetentionDays`",
  },
  ...(
    [
      [
        "CKV2_AWS_62",
        "Nothing acts on a new version of the program: instances ask for the newest when they boot",
      ],
      ["CKV_AWS_18", "It holds a public program of GitHub's, and no secret"],
      ["CKV_AWS_21", "What is lost is downloaded again"],
      ["CKV_AWS_144", "What is lost is downloaded again"],
      ["CKV_AWS_145", "It holds a public program of GitHub's, whose checksum is verified; S3 encrypts it"],
    ] as const
  ).map(([check, reason]) => ({ check, resource: ofRunners("aws_s3_bucket"), reason })),
  {
    check: "CKV_AWS_119",
    resource: ofRunners("aws_dynamodb_table"),
    reason: "The table holds numbers of jobs, runners and instances, and no secret. DynamoDB encrypts it",
  },
  {
    check: "CKV_AWS_116",
    resource: ofRunners("aws_lambda_function"),
    reason:
      "The API gets the failure, the queue of orders has dead letters, and the next minute brings another call",
  },
  {
    check: "CKV_AWS_117",
    resource: ofRunners("aws_lambda_function"),
    reason:
      "The functions call AWS and GitHub, and nothing in the VPC: there they would need its NAT gateway",
  },
  {
    check: "CKV_AWS_272",
    resource: ofRunners("aws_lambda_function"),
    reason:
      "The artifact is pinned by version and SHA-256, which Lambda checks; nobody but the pipeline writes there",
  },
  {
    check: "CKV_AWS_341",
    resource: /-runners\.aws_launch_template\.runners_pool-arm_/,
    reason: "A pool whose jobs run containers that need the instance's role says so: `containerMetadata`",
  },
  {
    check: "CKV_AWS_297",
    resource: ofRunners("aws_scheduler_schedule"),
    reason: "A schedule holds the name of a function and no input. EventBridge Scheduler encrypts it",
  },
  {
    check: "CKV_AWS_158",
    resource: ofChoices("aws_cloudwatch_log_group"),
    reason: "CloudWatch Logs encrypts every group with a key of its own; a KMS key is `kmsKeyArn`",
  },
  {
    check: "CKV_AWS_338",
    resource: ofChoices("aws_cloudwatch_log_group"),
    reason: "Logs of functions and APIs are for looking into a fault: `logRetentionDays`, 30 by default",
  },
  {
    check: "CKV_AWS_117",
    resource: ofChoices("aws_lambda_function"),
    reason: "What a queue, a stream or a schedule calls need not be in a VPC: `vpc` puts a function there",
  },
  {
    check: "CKV_AWS_272",
    resource: ofChoices("aws_lambda_function"),
    reason:
      "The pin's object version and hash, or the image's digest, say which bytes run; Lambda signs no images",
  },
  {
    check: "CKV_AWS_297",
    resource: ofChoices("aws_scheduler_schedule"),
    reason: "A schedule's input is no secret, as a plan shows it. EventBridge Scheduler encrypts it",
  },
];
