import type { TargetHealth } from "../../hosts/target-health";
import { failureThreshold, nextStep, progressAfter, restartDelay, type TaskView } from "./deployment";
import { type Input, now, numberOf, objectsOf, optionalText } from "./input";
import { deploy, deploymentConfigurationOf, noteEvent } from "./services";
import type { Deployment, EcsServiceState, Task } from "./state";
import { putTags } from "./tags";
import { addTask, taskTags } from "./tasks";
import type { World } from "./world";

/** Seconds for which a task runs that nobody checks, until it counts as healthy: one that fails at its start has ended by then. */
const SETTLED = 3;

/** Seconds for which a stopped task is told of. AWS has an hour. */
const TOLD = 3600;

/**
 * Keeps the tasks of services as they are wanted. Each look at a service is one step; whatever changes leads to the next look.
 */
export class Scheduler {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly counted = new Set<string>();
  private readonly notBefore = new Map<string, number>();
  private isStopped = false;

  constructor(
    private readonly worldOf: (arn: string) => World,
    private readonly targets: TargetHealth,
  ) {}

  /** Looks at a service soon. */
  look(serviceArn: string, milliseconds = 0): void {
    if (this.isStopped) return;
    const waiting = this.timers.get(serviceArn);
    if (waiting && milliseconds > 0) return;
    clearTimeout(waiting);
    const timer = setTimeout(() => {
      this.timers.delete(serviceArn);
      this.step(serviceArn);
    }, milliseconds);
    this.timers.set(serviceArn, timer);
  }

  stop(): void {
    this.isStopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private step(serviceArn: string): void {
    const world = this.worldOf(serviceArn);
    const service = world.document.services[serviceArn];
    if (!service || service.status === "INACTIVE") return;
    const tasks = tasksOf(service, world);
    this.forgetOld(world);
    this.countFailures(service, tasks);
    const alive = tasks.filter(({ lastStatus }) => lastStatus !== "STOPPED");
    if (service.status === "DRAINING") {
      for (const { taskArn } of alive)
        world.halt(taskArn, scalingReason(service), "ServiceSchedulerInitiated");
      if (alive.length === 0) service.status = "INACTIVE";
      world.save();
      return;
    }
    const primary = service.deployments[0];
    if (primary) this.roll(service, primary, alive, world);
    world.save();
  }

  private roll(service: EcsServiceState, primary: Deployment, alive: readonly Task[], world: World): void {
    const views = alive.map((task) => this.viewOf(task, service, world));
    const { minimumHealthyPercent, maximumPercent } = deploymentConfigurationOf(service);
    const rolling = { desiredCount: service.desiredCount, minimumHealthyPercent, maximumPercent };
    const step = nextStep(primary.id, rolling, views);
    for (const arn of step.stop) {
      const view = views.find((one) => one.arn === arn);
      world.halt(
        arn,
        view?.isUnhealthy ? this.sickness(arn, service, world) : scalingReason(service),
        "ServiceSchedulerInitiated",
      );
    }
    this.start(service, primary, step.start, world);
    if (step.isSteady) this.settle(service, primary);
    // Nobody tells when a task has run for long enough.
    if (alive.some(({ lastStatus }) => lastStatus === "RUNNING") && !step.isSteady)
      this.look(service.serviceArn, 1000);
  }

  private start(service: EcsServiceState, primary: Deployment, count: number, world: World): void {
    if (count === 0 || primary.rolloutState === "FAILED") return;
    const wait = (this.notBefore.get(service.serviceArn) ?? 0) - Date.now();
    if (wait > 0) {
      this.look(service.serviceArn, wait);
      return;
    }
    const definition = world.document.taskDefinitions[primary.taskDefinition];
    if (!definition) return;
    const settings: Input = primary.settings;
    const started = Array.from({ length: count }, () =>
      addTask(world, service.clusterArn, definition, {
        startedBy: primary.id,
        group: `service:${service.serviceName}`,
        settings,
      }),
    );
    for (const { taskArn } of started) {
      putTags(world, taskArn, taskTags(settings, definition, world, service.serviceArn));
      world.launch(taskArn);
    }
    const names = started
      .map(({ taskArn }) => `(task ${taskArn.slice(taskArn.lastIndexOf("/") + 1)})`)
      .join(" ");
    noteEvent(service, `has started ${count} tasks: ${names}.`);
  }

  private settle(service: EcsServiceState, primary: Deployment): void {
    if (primary.rolloutState !== "IN_PROGRESS") return;
    const { state, failed } = progressAfter(
      { state: "IN_PROGRESS", failed: primary.failedTasks },
      "steady",
      undefined,
    );
    Object.assign(primary, { rolloutState: state, failedTasks: failed, updatedAt: now() });
    primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
    service.completed = {
      taskDefinition: primary.taskDefinition,
      settings: primary.settings,
      id: primary.id,
    };
    service.deployments = [primary];
    this.notBefore.delete(service.serviceArn);
    noteEvent(service, `(deployment ${primary.id}) deployment completed.`);
    noteEvent(service, "has reached a steady state.");
  }

  /** Counts each task that has failed once, against its deployment. */
  private countFailures(service: EcsServiceState, tasks: readonly Task[]): void {
    const { enable, rollback } = deploymentConfigurationOf(service).deploymentCircuitBreaker;
    for (const task of tasks) {
      if (task.desiredStatus !== "STOPPED" || this.counted.has(task.taskArn) || !hasFailed(task)) continue;
      this.counted.add(task.taskArn);
      const deployment = service.deployments.find(({ id }) => id === task.startedBy);
      if (!deployment) continue;
      const before = { state: deployment.rolloutState, failed: deployment.failedTasks };
      const threshold = enable ? failureThreshold(service.desiredCount) : undefined;
      const after = progressAfter(before, "task failed", threshold);
      Object.assign(deployment, { rolloutState: after.state, failedTasks: after.failed, updatedAt: now() });
      this.notBefore.set(service.serviceArn, Date.now() + restartDelay(Math.max(1, after.failed)));
      if (before.state !== "FAILED" && after.state === "FAILED") this.fail(service, deployment, rollback);
    }
  }

  private fail(service: EcsServiceState, deployment: Deployment, rollback: boolean): void {
    deployment.rolloutStateReason = "ECS deployment circuit breaker: tasks failed to start.";
    noteEvent(service, `(deployment ${deployment.id}) deployment failed: tasks failed to start.`);
    const { completed } = service;
    if (
      !rollback ||
      completed === undefined ||
      deployment.status !== "PRIMARY" ||
      deployment.undoes !== undefined
    )
      return;
    deploy(service, completed.taskDefinition, completed.settings, deployment.id);
    this.notBefore.delete(service.serviceArn);
    noteEvent(service, `rolling back to (deployment ${completed.id}).`);
  }

  private viewOf(task: Task, service: EcsServiceState, world: World): TaskView {
    const isStopping = task.desiredStatus === "STOPPED";
    const states = targetsOf(task, service, world).map((target) => this.targets.get(target) ?? "initial");
    const age = task.startedAt === undefined ? 0 : now() - task.startedAt;
    const grace = numberOf(service.settings, "healthCheckGracePeriodSeconds") ?? 0;
    const isChecked = states.length > 0 || task.healthStatus !== "UNKNOWN" || hasCheck(task, world);
    const isAnEntry = world.obstacle !== undefined;
    const passes =
      states.every((state) => state === "healthy") &&
      (!hasCheck(task, world) || task.healthStatus === "HEALTHY");
    return {
      arn: task.taskArn,
      deployment: task.startedBy ?? "",
      isStopping,
      isHealthy:
        !isStopping &&
        task.lastStatus === "RUNNING" &&
        (isAnEntry || (passes && (isChecked || age >= SETTLED))),
      isUnhealthy:
        !isStopping &&
        !isAnEntry &&
        (task.healthStatus === "UNHEALTHY" || (states.includes("unhealthy") && age >= grace)),
      createdAt: task.createdAt,
    };
  }

  private sickness(arn: string, service: EcsServiceState, world: World): string {
    const task = world.document.tasks[arn];
    if (task?.healthStatus === "UNHEALTHY") return "Task failed container health checks";
    const group =
      task && targetsOf(task, service, world).find((one) => this.targets.get(one) === "unhealthy")?.group;
    return `Task failed ELB health checks in (target-group ${group})`;
  }

  private forgetOld({ document }: World): void {
    for (const [arn, { stoppedAt, lastStatus }] of Object.entries(document.tasks)) {
      if (lastStatus !== "STOPPED" || stoppedAt === undefined || now() - stoppedAt < TOLD) continue;
      delete document.tasks[arn];
      delete document.tags[arn];
      this.counted.delete(arn);
    }
  }
}

/** Where load balancers lead to for a task of a service. */
export function targetsOf(task: Task, service: EcsServiceState, world: World) {
  const deployment = service.deployments.find(({ id }) => id === task.startedBy);
  const settings = deployment?.settings ?? task.settings;
  const address = task.network?.address;
  if (address === undefined || world.document.tasks[task.taskArn] === undefined) return [];
  return objectsOf(settings, "loadBalancers").flatMap((one) => {
    const group = optionalText(one, "targetGroupArn");
    return group === undefined ? [] : [{ group, id: address, port: Number(one.containerPort) }];
  });
}

function tasksOf(service: EcsServiceState, { document }: World): readonly Task[] {
  return Object.values(document.tasks).filter(
    (task) => task.clusterArn === service.clusterArn && task.group === `service:${service.serviceName}`,
  );
}

function hasCheck(task: Task, { document }: World): boolean {
  const definition = document.taskDefinitions[task.taskDefinitionArn];
  return (
    definition?.containerDefinitions.some(
      (one) => one.healthCheck !== undefined && one.essential !== false,
    ) ?? false
  );
}

function hasFailed({ stopCode, stoppedReason = "" }: Task): boolean {
  return (
    stopCode === "TaskFailedToStart" ||
    stopCode === "EssentialContainerExited" ||
    stoppedReason.startsWith("Task failed ")
  );
}

function scalingReason({ serviceName, deployments }: EcsServiceState): string {
  return `Scaling activity initiated by (deployment ${deployments[0]?.id ?? serviceName})`;
}
