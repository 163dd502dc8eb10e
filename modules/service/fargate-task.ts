import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import type { Construct } from "constructs";
import { type Fault, nameFaults, type PolicyStatement, SynthError } from "../core";
import { jsonText } from "../core/json";
import { Grantable, namedStatements } from "../identity/grantable";
import { logGroup } from "../observability/log-group";
import { retentionFaults } from "../observability/retention";
import { type ContainerProps, containerDefinition, containerFaults } from "./container";
import { fargateSizeFaults } from "./fargate-sizes";
import { SERVICE_NAMES } from "./names";
import { TaskRoles } from "./task-roles";

/** Properties of {@link FargateTask}, and of what runs one. */
export interface FargateTaskProps {
  /** Name of the task definition's family, which begins the names of its roles, e.g. `groundplan-dev-shop`. */
  readonly name: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** What runs in it. */
  readonly container: ContainerProps;

  /**
   * CPU units, of which 1024 are one vCPU.
   *
   * @default 256
   */
  readonly cpu?: number;

  /**
   * Memory in MiB, one of those that Fargate offers with the `cpu`.
   *
   * @default 512
   */
  readonly memoryMb?: number;

  /**
   * Processor. ARM costs a fifth less for the same time; the image must be built for it.
   *
   * @default "X86_64"
   */
  readonly architecture?: "ARM64" | "X86_64";

  /**
   * Name of the log group, which is made here.
   *
   * @default - `/ecs/` and the name
   */
  readonly logGroupName?: string;

  /**
   * Days for which its logs are kept, one of those that CloudWatch Logs offers.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;

  /**
   * KMS key that encrypts the logs.
   *
   * @default - CloudWatch's own
   */
  readonly kmsKeyArn?: string;

  /**
   * Lets somebody with the right to `ecs:ExecuteCommand` open a shell in the container.
   *
   * @default false
   */
  readonly exec?: boolean;

  /**
   * Condition under which its secrets may be read when it starts, e.g. on a tag of theirs.
   *
   * @default - none
   */
  readonly secretCondition?: PolicyStatement["Condition"];
}

/**
 * A task definition for Fargate with its log group and its two roles.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export class FargateTask extends Grantable {
  /** ARN of the task definition, with its revision. */
  readonly taskDefinitionArn: string;

  /** Family of the task definition. */
  readonly family: string;

  /** Name of the container. */
  readonly containerName: string;

  /** Name of its log group. */
  readonly logGroupName: string;

  /** Its two roles. */
  readonly roles: TaskRoles;
  private readonly logs: CloudwatchLogGroup;
  private readonly props: FargateTaskProps;

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: FargateTaskProps) {
    super(scope, id);
    const faults = fargateTaskFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    const { name, region, account, container, exec = false, secretCondition } = props;
    this.props = props;
    this.family = name;
    this.containerName = container.name;
    this.logGroupName = props.logGroupName ?? `/ecs/${name}`;
    this.logs = logGroup(this, "logs", {
      name: this.logGroupName,
      retentionDays: props.logRetentionDays,
      kmsKeyArn: props.kmsKeyArn,
    });
    this.roles = new TaskRoles(this, "roles", {
      name,
      region,
      account,
      image: container.image,
      logGroupName: this.logGroupName,
      secrets: Object.values(container.secrets ?? {}),
      exec,
      ...(secretCondition === undefined ? {} : { secretCondition }),
    });
    this.taskDefinitionArn = this.definition("definition", name, container).arn;
  }

  /** Adds a statement to what the code may do. */
  allow(statement: PolicyStatement): void {
    this.roles.allow(statement);
  }

  protected addGrant(name: string, statements: readonly PolicyStatement[]): void {
    for (const statement of namedStatements(name, statements)) this.allow(statement);
  }

  /**
   * Another task definition of the same image, roles, size and logs that runs one command and ends, e.g. a migration.
   *
   * @param id - names it within the task, and ends its family's name after an underscore: with a hyphen it could be that of
   * another service, whose name ends so.
   * @returns its ARN.
   */
  oneOff(id: string, command: readonly string[]): string {
    const { name, container } = this.props;
    const { port: _, healthCheck: __, ...rest } = container;
    return this.definition(id, `${name}_${id}`, { ...rest, command }).arn;
  }

  private definition(id: string, family: string, container: ContainerProps): EcsTaskDefinition {
    const { region, cpu = 256, memoryMb = 512, architecture = "X86_64" } = this.props;
    const logs = { groupName: this.logs.name, region };
    return new EcsTaskDefinition(this, id, {
      family,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: `${cpu}`,
      memory: `${memoryMb}`,
      executionRoleArn: this.roles.executionRoleArn,
      taskRoleArn: this.roles.taskRoleArn,
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: architecture },
      containerDefinitions: jsonText([containerDefinition(container, logs)]),
      // A task that starts at once needs them.
      dependsOn: [...this.roles.policies],
      tags: { Name: family },
    });
  }
}

/** Every fault of a task's properties. */
export function fargateTaskFaults(props: FargateTaskProps): readonly Fault[] {
  const { cpu = 256, memoryMb = 512, logRetentionDays = 30 } = props;
  return [
    ...nameFaults(SERVICE_NAMES.service, props.name),
    ...fargateSizeFaults(cpu, memoryMb),
    ...retentionFaults("logRetentionDays", logRetentionDays),
    ...containerFaults(props.container),
  ];
}
