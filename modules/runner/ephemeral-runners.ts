import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Construct } from "constructs";
import { SecureBucket } from "../bucket";
import { encodedJson, partitionOf, SynthError } from "../core";
import { egressToAll } from "../network/egress";
import { ArtifactFunction, HttpApi } from "../serverless";
import {
  type EphemeralRunnersProps,
  ephemeralFaults,
  type FunctionName,
  type RunnerPool,
} from "./ephemeral-props";
import { listenerRights, rightsOf } from "./function-rights";
import { InstanceLogs } from "./instance-logs";
import { InstanceRole } from "./instance-role";
import { instanceTemplate } from "./instance-template";
import { ScaleSetListener } from "./listener";
import { Notices } from "./notices";
import { Orders } from "./orders";
import { reachGroup } from "./reach";
import { isStanding, namePrefixOf } from "./scaling";
import { Schedules } from "./schedule";
import { settingsSizeFaults } from "./settings-size";
import { StandingPool, TERMINATING_HOOK } from "./standing-pool";
import { userData } from "./user-data/user-data";
import { RunnerWatch } from "./watch";

/** The functions: what they do, and how long they may take, in seconds. */
const FUNCTIONS: Readonly<Record<FunctionName, readonly [description: string, seconds: number]>> = {
  webhook: ["Takes GitHub's webhooks, and orders an instance for a job that was queued", 10],
  "scale-up": ["Starts an instance for each order", 30],
  "scale-down": ["Ends instances that are of no use", 120],
  reconcile: ["Compares GitHub's queue with the fleet, and orders what is missing", 120],
  program: ["Keeps the newest program of the runner in a bucket", 300],
};

/** Seconds between the two looks at what seems to be an orphan, and for which a webhook may be under way. */
const ORPHAN_SECONDS = 120;
const WEBHOOK_SECONDS = 60;

/**
 * A fleet of runners for one job each. A webhook orders an instance, which registers as one runner, runs one job and
 * ends; a look at GitHub's own queue once a minute finds what a lost webhook, an interrupted spot instance or a function
 * that died has left. Nothing runs while nothing is queued.
 */
export class EphemeralRunners extends Construct {
  /** Where GitHub sends webhooks. */
  readonly webhookUrl: string;

  /** The functions by their names. */
  readonly functions: Readonly<Record<FunctionName, ArtifactFunction>>;

  /** Names of the alarms of the functions and of the API. */
  readonly alarmNames: readonly string[];

  /** Security group of the instances: they reach what they want, and nobody reaches them. */
  readonly securityGroupId: string;

  /** Name of the queue of orders. */
  readonly queueName: string;

  /** Name of the table of what was begun. */
  readonly tableName: string;

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: EphemeralRunnersProps) {
    super(scope, id);
    const faults = ephemeralFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    const { name, region, account, alarmTopicArns: topicArns } = props;
    const configurationPath = `${props.parameterPath}/configurations`;
    const { queue, deadLetters } = new Orders(this, "orders", { name });
    const table = ledger(this, name);
    // As it is, and not as Terraform says it: user data is in base64, where Terraform finds nothing to put in.
    const programBucket = `${name}-runners-${account}`;
    const program = new SecureBucket(this, "program-bucket", {
      bucketName: programBucket,
      region,
      // What is lost is downloaded again.
      deletionProtection: false,
      versioned: false,
    });
    const role = new InstanceRole(this, "instances", {
      ...props,
      configurationPath,
      programBucketArn: program.arn,
    });
    const logs = new InstanceLogs(this, "logs", { name, retentionDays: props.logRetentionDays });
    const securityGroupId = securityGroup(this, name, props.vpcId);
    this.securityGroupId = securityGroupId;
    const templates = Object.fromEntries(
      Object.entries(props.pools).map(([pool, settings]) => [
        pool,
        instanceTemplate(this, `pool-${pool}`, {
          name: `${name}-${pool}`,
          pool: settings,
          securityGroupIds: [
            securityGroupId,
            ...listOf(
              reachGroup(this, `reach-${pool}`, {
                name: `${name}-${pool}`,
                vpcId: props.vpcId,
                pool: settings,
              })?.id,
            ),
          ],
          profileArn: role.profileArn,
          userData: userData({
            fleet: name,
            region,
            parameterPath: configurationPath,
            program: props.program,
            programBucket,
            proxy: settings.proxy,
            isStanding: isStanding(settings),
          }),
          tags: props.tags,
        }),
      ]),
    );
    const settings = {
      fleet: name,
      owner: props.owner,
      repositories: props.repositories,
      scope: props.scope,
      installationId: props.installationId,
      apiUrl: props.apiUrl,
      secretArn: props.secretArn,
      programBucket: program.resource.bucket,
      programVersion: props.program.version,
      ...(props.furtherOwners
        ? { furtherOwners: props.furtherOwners.map((one) => ({ groupId: 1, ...one })) }
        : {}),
      ...(props.scaleSets ? { scaleSets: true } : {}),
      queueUrl: queue.url,
      tableName: table.name,
      parameterPath: configurationPath,
      instanceArns: `arn:${partitionOf(region)}:ec2:${region}:${account}:instance/`,
      bootSeconds: props.minutes.boot * 60,
      idleSeconds: props.minutes.idle * 60,
      orphanSeconds: ORPHAN_SECONDS,
      lifetimeSeconds: props.minutes.lifetime * 60,
      webhookSeconds: WEBHOOK_SECONDS,
      pools: Object.entries(props.pools).map(([pool, settings]) => ({
        name: pool,
        labels: settings.labels,
        groupId: settings.groupId,
        max: settings.max,
        instanceTypes: settings.instanceTypes,
        spot: settings.spot,
        subnetIds: props.subnetIds,
        launchTemplateId: templates[pool]?.id,
        ...(settings.owner === undefined ? {} : { owner: settings.owner.toLowerCase() }),
        ...(settings.hours ? { hours: settings.hours } : {}),
        ...(isStanding(settings) ? { standing: standingSettings(`${name}-${pool}`, settings) } : {}),
      })),
    };
    const tooLarge = settingsSizeFaults(settings);
    if (tooLarge.length > 0) throw new SynthError(this, tooLarge);
    const groupNames = Object.entries(props.pools)
      .filter(([, pool]) => isStanding(pool))
      .map(([pool]) => `${name}-${pool}`);
    const around = {
      name,
      region,
      account,
      configurationPath,
      queueArn: queue.arn,
      tableArn: table.arn,
      instanceRoleArn: role.arn,
      launchTemplateArns: Object.values(templates).map(({ arn }) => arn),
      programBucketArn: program.arn,
      groupNames,
    };
    const make = (one: FunctionName): ArtifactFunction => {
      const [description, timeoutSeconds] = FUNCTIONS[one];
      const made = new ArtifactFunction(this, one, {
        functionName: `${name}-runner-${one}`,
        description,
        region,
        account,
        artifact: props.artifacts[one],
        timeoutSeconds,
        logRetentionDays: props.logRetentionDays,
        environment: { RUNNER_SETTINGS: encodedJson(settings) },
        // The caller gets a failure, SQS has dead letters of its own, and the next minute brings another call.
        deadLetters: "none",
        alarms: { topicArns, errorPercent: 10 },
      });
      made.grantReadSecret("github", props.secretArn);
      for (const statement of rightsOf(one, around)) made.allow(statement);
      return made;
    };
    this.functions = {
      webhook: make("webhook"),
      "scale-up": make("scale-up"),
      "scale-down": make("scale-down"),
      reconcile: make("reconcile"),
      program: make("program"),
    };
    const listenerAlarms: string[] = [];
    const api = new HttpApi(this, "http", {
      name: `${name}-runner-webhook`,
      description: `Webhooks of GitHub for the runners of ${name}`,
      // The function checks GitHub's signature, which API Gateway does not know.
      routes: [{ route: "POST /webhook", function: this.functions.webhook, access: "public" }],
      throttling: { ratePerSecond: 100, burst: 500 },
      logRetentionDays: props.logRetentionDays,
      alarms: { topicArns },
    });
    new LambdaEventSourceMapping(this, "source", {
      eventSourceArn: queue.arn,
      functionName: this.functions["scale-up"].aliasArn,
      batchSize: 5,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 10 },
    });
    const { schedules } = new Schedules(this, "schedules", {
      name,
      account,
      region,
      functions: {
        "runner-scale-down": [this.functions["scale-down"], "1 minute"],
        "runner-reconcile": [this.functions.reconcile, "1 minute"],
        "runner-program": [this.functions.program, "1 day"],
      },
    });
    new Notices(this, "notices", { name, function: this.functions["scale-down"] });
    for (const [pool, settings] of Object.entries(props.pools).filter(([, one]) => isStanding(one))) {
      new StandingPool(this, `standing-${pool}`, {
        name: `${name}-${pool}`,
        pool: settings,
        launchTemplateId: templates[pool]?.id ?? "",
        subnetIds: props.subnetIds,
        // The provider gives a group none of its own.
        tags: { ...props.tags, "groundplan:fleet": name, "groundplan:pool": pool },
        drainMinutes: props.minutes.drain ?? 10,
        dependsOn: schedules,
      });
    }
    if (props.scaleSets) {
      const listener = new ScaleSetListener(this, "listener", {
        ...props.scaleSets,
        name,
        region,
        account,
        vpcId: props.vpcId,
        subnetIds: props.subnetIds,
        settings: encodedJson(settings),
        statements: listenerRights({ ...around, secretArn: props.secretArn }),
        logRetentionDays: props.logRetentionDays,
        topicArns,
      });
      listenerAlarms.push(listener.alarmArn);
    }
    const all = [...Object.values(this.functions), api];
    this.alarmNames = all.flatMap(({ alarmNames }) => alarmNames);
    this.webhookUrl = `${api.url}/webhook`;
    this.queueName = queue.name;
    this.tableName = table.name;
    new RunnerWatch(this, "watch", {
      name,
      region,
      queueName: queue.name,
      deadLettersName: deadLetters.name,
      pools: props.pools,
      minuteCharge: props.minuteCharge,
      groups: groupNames,
      bootFailures: logs.bootFailures,
      topicArns,
      alarmArns: [...all.flatMap(({ alarmArns }) => alarmArns), ...listenerAlarms],
    });
  }
}

/** What the functions know of a pool whose instances stay. */
function standingSettings(groupName: string, pool: RunnerPool) {
  const namePrefix = namePrefixOf(pool);
  return { groupName, hookName: TERMINATING_HOOK, ...(namePrefix === undefined ? {} : { namePrefix }) };
}

function listOf<T>(one: T | undefined): readonly T[] {
  return one === undefined ? [] : [one];
}

/** The table of what was begun. Lost, it is made anew: what runs is known to EC2 and GitHub. */
function ledger(scope: Construct, fleet: string): DynamodbTable {
  const name = `${fleet}-runner-ledger`;
  return new DynamodbTable(scope, "ledger", {
    name,
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    rangeKey: "sk",
    attribute: [
      { name: "pk", type: "S" },
      { name: "sk", type: "S" },
    ],
    ttl: { attributeName: "expires", enabled: true },
    pointInTimeRecovery: { enabled: true },
    serverSideEncryption: { enabled: true },
    tags: { Name: name },
  });
}

/** Nothing comes in: Session Manager needs no port, and GitHub is called and does not call. */
function securityGroup(scope: Construct, fleet: string, vpcId: string): string {
  const name = `${fleet}-runners`;
  const group = new SecurityGroup(scope, "security-group", {
    name,
    description: `Runners of ${fleet}`,
    vpcId,
    tags: { Name: name },
  });
  egressToAll(scope, "egress", group, "GitHub, registries of packages and images");
  return group.id;
}
