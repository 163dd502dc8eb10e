import type { AwsCaller } from "../../gateway/caller";
import { type Container, startContainer } from "../../hosts/container";
import type { Host } from "../../hosts/host";
import type { HostImages } from "../../hosts/images";
import type { Addresses } from "../../hosts/interface";
import { attachNetwork, detachNetwork } from "../../hosts/network";
import { cameToMemoryLimit, makeTaskCgroup, removeTaskCgroup } from "../../hosts/task-cgroup";
import { healthCheckOf, watchHealth } from "./health-check";
import { imageSource } from "./image";
import { type Input, numberOf, objectOf, objectsOf, textsOf } from "./input";
import { logStreamOf, openLogStream, sendLines } from "./logs";
import { secretsOf } from "./secrets";
import type { ContainerState, HealthStatus, Task, TaskDefinition } from "./state";
import { containerSettings, overrideOf, taskLimits } from "./task-settings";

/** Seconds between the request to end and the kill, where a container says nothing. */
const STOP_TIMEOUT = 30;

/** What runs tasks. */
export interface TaskRunner {
  readonly host: Host;
  readonly images: HostImages;

  /** Address of the local registry inside the host. */
  readonly registry: string;

  readonly addresses: Addresses;

  /** What the agent sets in every container of a task. */
  environmentOf(
    task: Task,
    definition: TaskDefinition,
    container: ContainerState,
  ): Readonly<Record<string, string>>;

  /** Called when something of the task has changed. */
  changed(task: Task): void;

  /** Makes load balancers lead to a task that runs, and stop doing so before it ends. */
  register(task: Task, caller: AwsCaller): Promise<void>;
  deregister(task: Task, caller: AwsCaller): Promise<void>;
  log(message: string): void;
}

/** One container of a task, with all that it has to wait for. */
interface Part {
  readonly definition: Input;
  readonly state: ContainerState;
  container?: Container;
  health?: { stop(): void };
  logs?: Promise<void>;
  ended?: Promise<void>;
}

/** A task on its way from the first state to the last. */
export class TaskRun {
  private readonly parts: readonly Part[];
  private stopRequest: { reason: string; code: string } | undefined;
  private readonly stopped: Promise<void>;
  private wake: () => void = () => undefined;
  private readonly waiters = new Set<() => void>();

  constructor(
    private readonly task: Task,
    private readonly definition: TaskDefinition,
    private readonly caller: AwsCaller,
    private readonly runner: TaskRunner,
  ) {
    this.parts = task.containers.flatMap((state) => {
      const own = definition.containerDefinitions.find(({ name }) => name === state.name);
      return own ? [{ definition: own, state }] : [];
    });
    this.stopped = new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** Has it stop, as far as it has come; the first reason counts. */
  halt(reason: string, code: string): void {
    if (this.stopRequest) return;
    this.stopRequest = { reason, code };
    this.wake();
    this.tell();
  }

  /** Runs the task to its end. */
  async run(): Promise<void> {
    const { task, runner } = this;
    try {
      await this.provision();
      this.advance("PENDING");
      await this.startAll();
      if (!this.stopRequest) {
        this.advance("ACTIVATING");
        await runner.register(task, this.caller);
        task.startedAt = Date.now() / 1000;
        this.advance("RUNNING");
      }
      await this.stopped;
    } catch (error) {
      this.halt(error instanceof Error ? error.message : String(error), "TaskFailedToStart");
    }
    await this.end();
  }

  private async provision(): Promise<void> {
    const { task, runner } = this;
    const network =
      objectOf(objectOf(task.settings, "networkConfiguration") ?? {}, "awsvpcConfiguration") ?? {};
    const places = {
      subnets: textsOf(network, "subnets"),
      securityGroups: textsOf(network, "securityGroups"),
    };
    task.network = await runner.addresses.make({ ...places, description: task.taskArn }, this.caller);
    runner.changed(task);
    await attachNetwork(runner.host, this.networkName, task.network.address);
    makeTaskCgroup(this.cgroup, taskLimits(this.definition));
  }

  /** Starts the containers, each when those that it depends on have come so far. */
  private async startAll(): Promise<void> {
    this.task.pullStartedAt = Date.now() / 1000;
    const fail = (error: unknown) =>
      this.halt(error instanceof Error ? error.message : String(error), "TaskFailedToStart");
    // All come to an end, so that none starts when the task has been taken away.
    await Promise.all(this.parts.map((part) => this.start(part).catch(fail)));
  }

  private async start(part: Part): Promise<void> {
    const { task, runner, caller } = this;
    const { state, definition } = part;
    const stream = logStreamOf(definition, this.id);
    const [image, secrets] = await Promise.all([
      imageSource(state.image, runner.registry, caller).then((source) => runner.images.pull(source)),
      secretsOf(definition, caller),
      stream ? openLogStream(stream, caller) : undefined,
    ]);
    task.pullStoppedAt = Date.now() / 1000;
    state.imageDigest = image.digest;
    for (const { containerName, condition } of objectsOf(definition, "dependsOn")) {
      await this.untilReady(String(containerName), String(condition));
    }
    if (this.stopRequest) return;
    const place = {
      id: this.id,
      address: task.network?.address ?? "",
      network: this.networkName,
      cgroup: this.cgroup,
      volumeFolder: `/run/volumes/${this.id}`,
      environment: runner.environmentOf(task, this.definition, state),
    };
    const override = overrideOf(task.settings, state.name);
    const settings = containerSettings(this.definition, definition, override, image, place, secrets);
    const container = await startContainer(runner.host, settings);
    part.container = container;
    state.runtimeId = container.id;
    state.lastStatus = "RUNNING";
    const { stdout, stderr } = container.process;
    const sources = [stdout, stderr].flatMap((one) => one ?? []);
    part.logs = sendLines(sources, stream, caller, (error) =>
      runner.log(`logs of ${task.taskArn}: ${error}`),
    );
    part.ended = container.exited.then((code) => this.exited(part, code));
    const check = healthCheckOf(definition);
    if (check) part.health = watchHealth(container, check, (status) => this.checked(part, status));
    this.tell();
  }

  private exited(part: Part, code: number): void {
    const { state, definition } = part;
    part.health?.stop();
    state.lastStatus = "STOPPED";
    state.exitCode = code;
    const isKilledForMemory = code === 137 && !this.stopRequest && cameToMemoryLimit(this.cgroup);
    if (isKilledForMemory) state.reason = "OutOfMemoryError: Container killed due to memory usage";
    this.tell();
    if (definition.essential !== false)
      this.halt("Essential container in task exited", "EssentialContainerExited");
  }

  private checked(part: Part, status: HealthStatus): void {
    part.state.healthStatus = status;
    const all = this.parts.filter(
      ({ definition }) => definition.essential !== false && healthCheckOf(definition),
    );
    const states = all.map(({ state }) => state.healthStatus);
    this.task.healthStatus = states.includes("UNHEALTHY")
      ? "UNHEALTHY"
      : states.includes("UNKNOWN")
        ? "UNKNOWN"
        : "HEALTHY";
    this.tell();
  }

  /** Waits for a container that another depends on. @throws when it cannot come so far any more. */
  private async untilReady(name: string, condition: string): Promise<void> {
    const part = this.parts.find(({ state }) => state.name === name);
    if (!part) throw new Error(`the container ${name} that another depends on does not exist`);
    for (;;) {
      const { lastStatus, exitCode, healthStatus } = part.state;
      if (this.stopRequest) return;
      if (condition === "START" && lastStatus !== "PENDING") return;
      if (condition === "HEALTHY" && healthStatus === "HEALTHY") return;
      if (lastStatus === "STOPPED") {
        if (condition === "COMPLETE" || (condition === "SUCCESS" && exitCode === 0)) return;
        throw new Error(
          `dependency graph: container ${name} exited with ${exitCode} and can not be ${condition}`,
        );
      }
      await new Promise<void>((resolve) => this.waiters.add(resolve));
    }
  }

  /** Ends what has been started, in the reverse order of what was made. */
  private async end(): Promise<void> {
    const { task, runner, caller } = this;
    const { reason = "", code = "UserInitiated" } = this.stopRequest ?? {};
    task.desiredStatus = "STOPPED";
    task.stopCode = code;
    task.stoppedReason = reason;
    task.stoppingAt = Date.now() / 1000;
    this.advance("DEACTIVATING");
    await this.attempt("deregister", () => runner.deregister(task, caller));
    this.advance("STOPPING");
    await Promise.all(this.parts.map((part) => this.attempt("stop", () => this.stop(part))));
    task.executionStoppedAt = Date.now() / 1000;
    this.advance("DEPROVISIONING");
    await this.attempt("volumes", () => runner.host.within("rm", ["-rf", `/run/volumes/${this.id}`]));
    await this.attempt("network", () => detachNetwork(runner.host, this.networkName));
    await this.attempt("cgroup", async () => removeTaskCgroup(this.cgroup));
    const { network } = task;
    if (network) await this.attempt("interface", () => runner.addresses.remove(network, caller));
    task.stoppedAt = Date.now() / 1000;
    for (const { state } of this.parts) state.lastStatus = "STOPPED";
    this.advance("STOPPED");
  }

  private async stop({ container, definition, health, ended, logs, state }: Part): Promise<void> {
    health?.stop();
    if (!container) return;
    if (state.lastStatus !== "STOPPED") {
      const seconds = numberOf(definition, "stopTimeout") ?? STOP_TIMEOUT;
      const late = setTimeout(() => void container.signal("SIGKILL"), seconds * 1000);
      await container.signal("SIGTERM");
      await ended;
      clearTimeout(late);
    }
    await logs;
    await container.remove();
  }

  private async attempt(what: string, run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.runner.log(`${what} of ${this.task.taskArn}: ${error instanceof Error ? error.message : error}`);
    }
  }

  private advance(status: Task["lastStatus"]): void {
    this.task.lastStatus = status;
    this.tell();
  }

  private tell(): void {
    this.task.version += 1;
    for (const waiter of this.waiters) waiter();
    this.waiters.clear();
    this.runner.changed(this.task);
  }

  private get id(): string {
    return this.task.taskArn.slice(this.task.taskArn.lastIndexOf("/") + 1);
  }

  /** Interfaces have 15 characters at most. */
  private get networkName(): string {
    return `t${this.id.slice(0, 11)}`;
  }

  private get cgroup(): string {
    return `${this.runner.host.cgroup}/${this.id}`;
  }
}
