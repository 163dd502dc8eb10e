import { EcsService } from "@cdktf/provider-aws/lib/ecs-service";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { type TerraformResource, Token } from "cdktf";
import type { Construct } from "constructs";
import { type Fault, type PolicyStatement, SynthError } from "../core";
import { Grantable, namedStatements } from "../identity/grantable";
import { egressToAll } from "../network/egress";
import { Autoscaling, type ServiceScaling, scalingFaults } from "./autoscaling";
import { FargateTask, type FargateTaskProps, fargateTaskFaults } from "./fargate-task";
import type { IFargateCluster } from "./imported";
import { Route, routeFaults, type ServiceRoute } from "./route";

/** Properties of {@link FargateService}. */
export interface FargateServiceProps extends FargateTaskProps {
  /** The cluster that it runs in, which offers `FARGATE` and `FARGATE_SPOT`. */
  readonly cluster: IFargateCluster;

  /** VPC of the tasks. */
  readonly vpcId: string;

  /** Subnets of the tasks: private ones, which reach the image's registry by NAT or endpoints. */
  readonly subnetIds: readonly string[];

  /**
   * Requests that it gets through a load balancer; the container then has a `port`.
   *
   * @default - none: nobody calls it
   */
  readonly route?: ServiceRoute;

  /**
   * Number of tasks, 0 or more.
   *
   * @default 1
   */
  readonly desiredCount?: number;

  /**
   * Grows and shrinks the number of tasks; `desiredCount` is then only the first.
   *
   * @default - the number stays
   */
  readonly scaling?: ServiceScaling;

  /**
   * Whether somebody else changes the number of tasks, e.g. to let it sleep: Terraform then ignores it.
   *
   * @default - as with `scaling`
   */
  readonly countChangesOutside?: boolean;

  /**
   * Capacity: on demand, or spot, which costs up to 70 % less and may end a task with two minutes' notice.
   *
   * @default "on-demand"
   */
  readonly capacity?: "on-demand" | "spot";

  /**
   * Seconds after a task's start in which failing checks of the load balancer do not end it, 0 to 2147483647.
   *
   * @default 60
   */
  readonly healthCheckGraceSeconds?: number;

  /**
   * Whether an apply ends only once the service is steady. After the circuit breaker has rolled back it is steady as
   * well: compare the task definition that runs with the one that was asked for.
   *
   * @default true
   */
  readonly waitForSteadyState?: boolean;

  /**
   * What must be there before the first task starts, e.g. the secret of a database.
   *
   * @default - what the service has itself
   */
  readonly startsAfter?: readonly TerraformResource[];
}

/**
 * A service of Fargate: a deployment that does not become healthy is rolled back, execution and task role are two,
 * tasks have private addresses and are reached by the load balancer alone.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export class FargateService extends Grantable {
  /** Name of the service. */
  readonly serviceName: string;

  /** Security group of its tasks: what others let in. */
  readonly securityGroupId: string;

  /** What its tasks are made of. */
  readonly task: FargateTask;

  /** How requests reach it; none without `route`. */
  readonly route: Route | undefined;

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: FargateServiceProps) {
    super(scope, id);
    const faults = fargateServiceFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);
    const { name, cluster, vpcId, container, scaling, route } = props;
    this.task = new FargateTask(this, "task", props);
    this.securityGroupId = this.securityGroup(props).id;
    this.route = route === undefined ? undefined : new Route(this, "route", { ...route, name, vpcId });
    const ignoresCount = scaling !== undefined || props.countChangesOutside === true;
    const spot = (props.capacity ?? "on-demand") === "spot";
    const service = new EcsService(this, "service", {
      name,
      cluster: cluster.arn,
      taskDefinition: this.task.taskDefinitionArn,
      desiredCount: props.desiredCount ?? 1,
      // A launch type could not be changed to spot without a new service.
      capacityProviderStrategy: [{ capacityProvider: spot ? "FARGATE_SPOT" : "FARGATE", weight: 1 }],
      forceNewDeployment: true,
      platformVersion: "LATEST",
      schedulingStrategy: "REPLICA",
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      deploymentController: { type: "ECS" },
      enableExecuteCommand: props.exec ?? false,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      networkConfiguration: {
        subnets: [...props.subnetIds],
        securityGroups: [this.securityGroupId],
        assignPublicIp: false,
      },
      ...(this.route === undefined
        ? {}
        : {
            healthCheckGracePeriodSeconds: props.healthCheckGraceSeconds ?? 60,
            loadBalancer: [
              {
                targetGroupArn: this.route.targetGroupArn,
                containerName: container.name,
                containerPort: container.port ?? 0,
              },
            ],
          }),
      waitForSteadyState: props.waitForSteadyState ?? true,
      timeouts: { create: "15m", update: "15m", delete: "15m" },
      // ECS refuses a target group that no listener uses.
      dependsOn: [...(this.route === undefined ? [] : [this.route.rule]), ...(props.startsAfter ?? [])],
      ...(ignoresCount ? { lifecycle: { ignoreChanges: ["desired_count"] } } : {}),
      tags: { Name: name },
    });
    this.serviceName = service.name;
    if (scaling) {
      new Autoscaling(this, "scaling", { ...scaling, clusterName: cluster.name, serviceName: service.name });
    }
  }

  /** ARN of the task definition that was asked for. */
  get taskDefinitionArn(): string {
    return this.task.taskDefinitionArn;
  }

  /** Name of its log group. */
  get logGroupName(): string {
    return this.task.logGroupName;
  }

  /** Adds a statement to what its code may do. */
  allow(statement: PolicyStatement): void {
    this.task.allow(statement);
  }

  protected addGrant(name: string, statements: readonly PolicyStatement[]): void {
    for (const statement of namedStatements(name, statements)) this.allow(statement);
  }

  private securityGroup({ name, vpcId, route, container }: FargateServiceProps): SecurityGroup {
    const group = new SecurityGroup(this, "security-group", {
      name: `${name}-tasks`,
      description: `Tasks of ${name}`,
      vpcId,
      tags: { Name: `${name}-tasks` },
    });
    egressToAll(this, "out", group, "What the code calls");
    if (route && container.port !== undefined) {
      new VpcSecurityGroupIngressRule(this, "from-load-balancer", {
        securityGroupId: group.id,
        description: "Requests and health checks of the load balancer",
        referencedSecurityGroupId: route.loadBalancer.securityGroupId,
        ipProtocol: "tcp",
        fromPort: container.port,
        toPort: container.port,
      });
    }
    return group;
  }
}

/** Every fault of a service's properties. */
export function fargateServiceFaults(props: FargateServiceProps): readonly Fault[] {
  const { route, scaling, desiredCount = 1, healthCheckGraceSeconds = 60, subnetIds, container } = props;
  const faults: Fault[] = [...fargateTaskFaults(props)];
  if (route) faults.push(...routeFaults(route));
  if (scaling) faults.push(...scalingFaults(scaling));
  if (route && container.port === undefined) {
    faults.push({
      what: "the container has no port, and the load balancer would not know whom to ask",
      instead: "give container.port, e.g. 8080, or leave route out",
    });
  }
  if (!Token.isUnresolved(subnetIds) && subnetIds.length === 0) {
    faults.push({ what: "subnetIds is empty", instead: "give the private subnets of the VPC" });
  }
  if (!Number.isInteger(desiredCount) || desiredCount < 0) {
    faults.push({
      what: `desiredCount is ${desiredCount}`,
      instead: "use a whole number of 0 or more, e.g. 2",
    });
  }
  if (!Number.isInteger(healthCheckGraceSeconds) || healthCheckGraceSeconds < 0) {
    faults.push({
      what: `healthCheckGraceSeconds is ${healthCheckGraceSeconds}`,
      instead: "use a whole number of seconds, e.g. 60",
    });
  }
  return faults;
}
