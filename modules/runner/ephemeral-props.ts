import type { ArtifactPin } from "../artifact/pin";
import type { Fault } from "../core/errors";
import { topicFaults } from "../observability/alarms";
import { retentionFaults } from "../observability/retention";
import { type FurtherOwner, furtherOwnerFaults, ownerFaults, type RunnerOwner } from "./owners";
import { type PoolReach, reachFaults } from "./reach";
import { type ScaleSetSettings, scaleSetFaults } from "./scale-sets";
import { namePrefixFaults, type PoolScaling, scalingFaults } from "./scaling";
import { programFaults, type RunnerProgram } from "./user-data/user-data";

/** Operating systems that instances start with, and where AWS says which image is the newest. */
export const SYSTEMS = {
  ubuntu: {
    x64: "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
    arm64: "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
    device: "/dev/sda1",
  },
  al2023: {
    x64: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    arm64: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    device: "/dev/xvda",
  },
} as const;

/** Runners that share labels. */
export interface RunnerPool extends PoolReach, PoolScaling {
  /** Labels beside `self-hosted`, 1 to 99: a job goes here when all that it asks for are among them. */
  readonly labels: readonly string[];

  /** Id of the runner group, 1 or more. 1 is the default group; that of GitHub-hosted runners takes none. */
  readonly groupId: number;

  /**
   * The one further owner whose jobs it runs, e.g. `octo-org`, or `octo/repository`.
   *
   * @default - those of all owners; of the fleet's own where its instances stay
   */
  readonly owner?: string;

  /** Processor of the instance types. */
  readonly architecture: "x64" | "arm64";

  /** Operating system. */
  readonly system: keyof typeof SYSTEMS;

  /** Instance types in the order of preference, 1 or more, all of the one architecture. */
  readonly instanceTypes: readonly string[];

  /** Asks for spot capacity first, and for on-demand capacity where there is none. */
  readonly spot: boolean;

  /** Size of the root volume in GiB, 20 to 1000. */
  readonly diskGb: number;

  /**
   * Operations a second of the root volume, 3000 to 80000.
   *
   * @default 3000
   */
  readonly diskIops?: number;

  /**
   * Throughput of the root volume in MiB a second, 125 to 2000, and at most a quarter of `diskIops`.
   *
   * @default 125
   */
  readonly diskThroughput?: number;

  /** Whether jobs run containers that need the instance's role: then the metadata service answers one network hop further. */
  readonly containerMetadata: boolean;

  /**
   * What an hour of an instance costs in US dollars, 0 to 1000, for the dashboard's price of a week.
   *
   * @default 0
   */
  readonly dollarsPerHour?: number;
}

/** Times after which something is done about an instance or a job, in minutes. */
export interface RunnerMinutes {
  /** Until its runner has to be online, 2 to 60. */
  readonly boot: number;

  /** For which a runner may wait for a job, 1 to 1440. */
  readonly idle: number;

  /** After which an instance ends that runs no job, 60 to 10080. */
  readonly lifetime: number;

  /**
   * For which a destroy waits until the instances of a group have no job, 1 to 2880. Then it fails, and they go on.
   *
   * @default 10
   */
  readonly drain?: number;
}

/** The code of the functions. */
export type FunctionName = "webhook" | "scale-up" | "scale-down" | "reconcile" | "program";

/** Properties of `EphemeralRunners`. */
export interface EphemeralRunnersProps extends RunnerOwner {
  /** Name of the fleet, 2 to 37 characters, e.g. `groundplan-dev`. */
  readonly name: string;

  /** AWS Region. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** Path below which its parameters lie, e.g. `/groundplan/dev/runners`. */
  readonly parameterPath: string;

  /** Code of the functions: what `artifactPin` reads. */
  readonly artifacts: Readonly<Record<FunctionName, ArtifactPin>>;

  /** VPC of the instances. */
  readonly vpcId: string;

  /** Its private subnets, one for each zone that may be used. */
  readonly subnetIds: readonly string[];

  /**
   * Owners whose jobs are run as well, each by its own installation of the same app.
   *
   * @default - none
   */
  readonly furtherOwners?: readonly FurtherOwner[];

  /**
   * Has GitHub say by its runner scale sets which jobs there are, in place of webhooks: a task of Fargate listens. Jobs of
   * instances that stay are known as before.
   *
   * @default - webhooks
   */
  readonly scaleSets?: ScaleSetSettings;

  /** Address of GitHub's API. */
  readonly apiUrl: string;

  /** ARN of the secret in Secrets Manager: JSON with `appId`, `privateKey` and `webhookSecret`. */
  readonly secretArn: string;

  /** Pools by their names; 1 or more, the first that fits a job has it. */
  readonly pools: Readonly<Record<string, RunnerPool>>;

  /** The program that instances run until `runner-program` has brought a newer one. */
  readonly program: RunnerProgram;

  /** Times after which something is done, in minutes. */
  readonly minutes: RunnerMinutes;

  /** What GitHub charges for a minute of a job in US dollars, 0 to 1, for the dashboard's price of a week. */
  readonly minuteCharge: number;

  /** What jobs may do in AWS beside reading their configuration: ARNs of ECR repositories that they pull from. */
  readonly pullRepositoryArns: readonly string[];

  /** ARNs of policies that the instances' role gets as well. */
  readonly policyArns: readonly string[];

  /** Days for which logs are kept, one of those that CloudWatch Logs offers. */
  readonly logRetentionDays: number;

  /** SNS topics that the alarms tell. */
  readonly alarmTopicArns: readonly string[];

  /** Tags of instances and volumes, which EC2 makes on our behalf. */
  readonly tags: Readonly<Record<string, string>>;
}

/** GitHub's limits of labels. @see https://docs.github.com/en/rest/actions/self-hosted-runners */
const MOST_LABELS = 99;
const LABEL = /^[\w.-]{1,256}$/;

/** What is judged of the properties: what an overlay says of them too. */
export type JudgedProps = Pick<
  EphemeralRunnersProps,
  | "owner"
  | "repositories"
  | "scope"
  | "installationId"
  | "furtherOwners"
  | "scaleSets"
  | "apiUrl"
  | "secretArn"
  | "pools"
  | "program"
  | "minutes"
  | "minuteCharge"
  | "logRetentionDays"
  | "alarmTopicArns"
>;

/** The faults of a fleet's properties. */
export function ephemeralFaults(props: JudgedProps): readonly Fault[] {
  const { apiUrl, secretArn, pools, minutes } = props;
  const faults: Fault[] = [];
  const check = (isRight: boolean, what: string, instead: string) => {
    if (!isRight) faults.push({ what, instead });
  };
  const whole = (what: string, value: number, least: number, most: number, example: number) =>
    check(
      Number.isInteger(value) && value >= least && value <= most,
      `${what} is ${value}`,
      `use a whole number of ${least} to ${most}, e.g. ${example}`,
    );
  faults.push(
    ...ownerFaults(props),
    ...furtherOwnerFaults(props, props.furtherOwners ?? [], pools),
    ...(props.scaleSets ? scaleSetFaults(props.scaleSets) : []),
  );
  check(
    /^https:\/\/[\w.-]+(?::\d+)?(?:\/[\w.-]+)*$/.test(apiUrl) ||
      /^http:\/\/(?:127\.0\.0\.1|localhost):\d+$/.test(apiUrl),
    `apiUrl ${JSON.stringify(apiUrl)} is not an https address without a slash at its end`,
    'use e.g. "https://api.github.com"',
  );
  check(
    secretArn.includes("${") ||
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/.test(secretArn),
    `secretArn ${JSON.stringify(secretArn)} is not the ARN of a secret`,
    'use e.g. "arn:aws:secretsmanager:us-east-1:123456789012:secret:github-app-Ab1Cd2"',
  );
  whole("minutes.boot", minutes.boot, 2, 60, 10);
  whole("minutes.idle", minutes.idle, 1, 1440, 5);
  whole("minutes.lifetime", minutes.lifetime, 60, 10_080, 720);
  whole("minutes.drain", minutes.drain ?? 10, 1, 2880, 10);
  check(
    props.minuteCharge >= 0 && props.minuteCharge <= 1,
    `minuteCharge is ${props.minuteCharge}`,
    "use dollars, 0 to 1, e.g. 0.002",
  );
  check(Object.keys(pools).length > 0, "there is no pool", 'name one, e.g. { "linux-x64": { … } }');
  for (const [name, pool] of Object.entries(pools)) faults.push(...poolFaults(name, pool));
  faults.push(...namePrefixFaults(pools));
  faults.push(
    ...programFaults(props.program),
    ...retentionFaults("logRetentionDays", props.logRetentionDays),
    ...topicFaults(props.alarmTopicArns),
  );
  return faults;
}

function poolFaults(name: string, pool: RunnerPool): readonly Fault[] {
  const faults: Fault[] = [];
  const check = (isRight: boolean, what: string, instead: string) => {
    if (!isRight) faults.push({ what: `pool ${JSON.stringify(name)}: ${what}`, instead });
  };
  const { labels, groupId, max, instanceTypes, architecture, diskGb } = pool;
  check(
    /^[a-z](?:-?[a-z0-9]){0,25}$/.test(name),
    "not a name",
    'use lower-case letters, digits and single hyphens, e.g. "linux-x64"',
  );
  check(
    labels.length >= 1 && labels.length <= MOST_LABELS,
    `${labels.length} labels, and GitHub takes 1 to ${MOST_LABELS} beside self-hosted`,
    'use e.g. ["linux", "x64"]',
  );
  for (const label of labels.filter((one) => !LABEL.test(one) || one.toLowerCase() === "self-hosted")) {
    check(
      false,
      `label ${JSON.stringify(label)} is not valid, or is there already`,
      'use letters, digits, . _ and -, e.g. "x64"',
    );
  }
  check(
    Number.isInteger(groupId) && groupId >= 1,
    `groupId is ${groupId}`,
    "use the id of a runner group, 1 for the default one",
  );
  check(
    Number.isInteger(max) && max >= 1 && max <= 1000,
    `max is ${max}`,
    "use a whole number of 1 to 1000, e.g. 10",
  );
  check(
    Number.isInteger(diskGb) && diskGb >= 20 && diskGb <= 1000,
    `diskGb is ${diskGb}`,
    "use a whole number of 20 to 1000, e.g. 50",
  );
  const { diskIops = 3000, diskThroughput = 125 } = pool;
  check(
    Number.isInteger(diskIops) && diskIops >= 3000 && diskIops <= Math.min(80_000, 500 * diskGb),
    `diskIops is ${diskIops}`,
    "use a whole number of 3000 to 80000, at most 500 for each GiB",
  );
  check(
    Number.isInteger(diskThroughput) &&
      diskThroughput >= 125 &&
      diskThroughput <= Math.min(2000, diskIops / 4),
    `diskThroughput is ${diskThroughput}`,
    "use a whole number of 125 to 2000, at most a quarter of diskIops",
  );
  const { dollarsPerHour = 0 } = pool;
  check(
    dollarsPerHour >= 0 && dollarsPerHour <= 1000,
    `dollarsPerHour is ${dollarsPerHour}`,
    "use dollars, 0 to 1000, e.g. 0.1",
  );
  for (const { what, instead } of [...scalingFaults(pool), ...reachFaults(pool)]) check(false, what, instead);
  check(instanceTypes.length > 0, "no instance type", 'use e.g. ["m7i.large", "m6i.large"]');
  for (const type of instanceTypes) {
    // Graviton's families have a g behind their generation: m7g, c7gn, im4gn.
    const isArm = /^[a-z]+\d+g[a-z]*\./.test(type);
    check(
      /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type),
      `${JSON.stringify(type)} is not an instance type`,
      'use e.g. "m7i.large"',
    );
    check(
      isArm === (architecture === "arm64"),
      `instance type ${type} has another processor than architecture ${architecture}: its image would not start`,
      architecture === "arm64" ? 'use e.g. "m7g.large"' : 'use e.g. "m7i.large"',
    );
  }
  return faults;
}
