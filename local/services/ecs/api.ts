import { Store } from "../../files/store";
import { AwsCaller } from "../../gateway/caller";
import { errorResponse } from "../../gateway/errors";
import { jsonResponse, type Place, type WholeRequest, type WholeResponse } from "../../gateway/exchange";
import type { Forward, OwnService } from "../../gateway/service";
import { AWS_NAME } from "../../hosts/addresses";
import type { Hosts } from "../../hosts/hosts";
import { HostImages } from "../../hosts/images";
import { clusterOperations } from "./clusters";
import { EcsError } from "./error";
import { inputOf, now } from "./input";
import { MetadataEndpoint } from "./metadata";
import { Scheduler, targetsOf } from "./scheduler";
import { noteEvent, serviceOperations } from "./services";
import {
  type ContainerState,
  type EcsDocument,
  emptyDocument,
  type Task,
  type TaskDefinition,
} from "./state";
import { tagOperations } from "./tags";
import { taskDefinitionOperations } from "./task-definitions";
import { TaskRun, type TaskRunner } from "./task-run";
import { taskOperations } from "./tasks";
import type { Operation, World } from "./world";

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...clusterOperations,
  ...taskDefinitionOperations,
  ...serviceOperations,
  ...taskOperations,
  ...tagOperations,
};

/**
 * ECS with Fargate: the tasks' containers run, where this machine can run them; else tasks are entries that say so.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html
 */
export class Ecs implements OwnService {
  private readonly store: Store<Record<string, EcsDocument>>;
  private readonly images: HostImages;
  private readonly runs = new Map<string, { readonly run: TaskRun; readonly ended: Promise<void> }>();
  private readonly metadata = new MetadataEndpoint();
  private readonly scheduler: Scheduler;
  private isStopped = false;
  private ask: Forward = () => Promise.reject(new Error("the gateway does not run yet"));

  constructor(
    file: string | undefined,
    private readonly hosts: Hosts,
  ) {
    this.store = new Store<Record<string, EcsDocument>>(file, () => ({}));
    this.images = new HostImages(hosts.host);
    this.scheduler = new Scheduler((arn) => this.worldOfArn(arn), hosts.targets);
    hosts.targets.onChange(() => this.lookAtAll());
  }

  answers(): boolean {
    return true;
  }

  async answer(request: WholeRequest, place: Place): Promise<WholeResponse> {
    try {
      const world = this.worldOf({ account: place.account, region: place.region });
      const run = Object.hasOwn(OPERATIONS, request.operation) ? OPERATIONS[request.operation] : undefined;
      if (!run)
        throw new EcsError(
          "UnsupportedOperation",
          `the local emulator cannot answer ecs ${request.operation}`,
        );
      const answer = await run(inputOf(request.body), world);
      world.save();
      return jsonResponse(200, answer);
    } catch (error) {
      if (!(error instanceof EcsError)) throw error;
      return errorResponse(request, { status: 400, code: error.code, message: error.message });
    }
  }

  /** Goes on with what was kept: the tasks are gone, and services start new ones. */
  start(ask: Forward): void {
    this.ask = ask;
    if (this.hosts.host.obstacle === undefined) this.metadata.listen(this.hosts.metadataSocket);
    for (const [key, document] of Object.entries(this.store.value)) {
      const [account = "", region = ""] = key.split("/");
      const world = this.worldOf({ account, region });
      for (const task of Object.values(document.tasks)) {
        if (task.lastStatus !== "STOPPED") void this.bury(task, world);
      }
      for (const { serviceArn } of Object.values(document.services)) this.scheduler.look(serviceArn, 100);
    }
  }

  /** Tasks end with the host; what they were is kept. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.scheduler.stop();
    this.metadata.close();
  }

  reset(): void {
    for (const { run } of this.runs.values()) run.halt("the emulator was emptied", "UserInitiated");
    this.store.reset();
  }

  private worldOf(place: Place): World {
    const key = `${place.account}/${place.region}`;
    if (this.store.value[key] === undefined) {
      this.store.change((all) => {
        all[key] = emptyDocument();
      });
    }
    const document = this.store.value[key] ?? emptyDocument();
    const caller = new AwsCaller((request) => this.ask(request), place);
    const world: World = {
      place,
      document,
      caller,
      obstacle: this.hosts.host.obstacle,
      save: () => this.store.change(() => undefined),
      reconcile: (arn) => this.scheduler.look(arn),
      launch: (arn) => this.launch(arn, world),
      halt: (arn, reason, code) => this.halt(arn, reason, code, world),
    };
    return world;
  }

  private worldOfArn(arn: string): World {
    const [, , , region = "", account = ""] = arn.split(":");
    return this.worldOf({ account, region });
  }

  private launch(arn: string, world: World): void {
    const task = world.document.tasks[arn];
    const definition = task && world.document.taskDefinitions[task.taskDefinitionArn];
    if (!task || !definition) return;
    if (world.obstacle !== undefined) {
      this.enter(task, world, world.obstacle);
      return;
    }
    const run = new TaskRun(task, definition, world.caller, this.runnerOf(world));
    const ended = run.run().finally(() => {
      this.runs.delete(arn);
      this.hosts.tasks.delete(arn);
      this.metadata.forget(task);
    });
    this.runs.set(arn, { run, ended });
    this.hosts.tasks.add(arn);
  }

  /** A task where nothing runs: of a service it is an entry, and on its own it has failed. */
  private enter(task: Task, world: World, obstacle: string): void {
    console.error(`${task.taskArn} runs no container: ${obstacle}`);
    task.startedAt = now();
    if (task.group.startsWith("service:")) task.lastStatus = "RUNNING";
    else this.halt(task.taskArn, `no container runs here: ${obstacle}`, "TaskFailedToStart", world);
    this.changed(task, world);
  }

  private halt(arn: string, reason: string, code: string, world: World): void {
    const run = this.runs.get(arn)?.run;
    const task = world.document.tasks[arn];
    if (!task || task.lastStatus === "STOPPED") return;
    task.desiredStatus = "STOPPED";
    if (run) {
      run.halt(reason, code);
      return;
    }
    Object.assign(task, { stopCode: code, stoppedReason: reason, stoppedAt: now(), lastStatus: "STOPPED" });
    this.changed(task, world);
  }

  /** A task of a start before: it went with that. */
  private async bury(task: Task, world: World): Promise<void> {
    task.desiredStatus = "STOPPED";
    Object.assign(task, {
      stopCode: "TerminationNotice",
      stoppedReason: "the local emulator was ended",
      stoppedAt: now(),
    });
    task.lastStatus = "STOPPED";
    for (const container of task.containers) container.lastStatus = "STOPPED";
    await this.deregister(task, world).catch(() => undefined);
    if (task.network) await this.hosts.addresses.remove(task.network, world.caller);
    this.changed(task, world);
  }

  private runnerOf(world: World): TaskRunner {
    const { host, gatewayPort } = this.hosts;
    return {
      host,
      images: this.images,
      registry: `127.0.0.1:${gatewayPort}`,
      addresses: this.hosts.addresses,
      environmentOf: (task, definition, container) => this.environmentOf(task, definition, container, world),
      changed: (task) => this.changed(task, world),
      register: (task) => this.register(task, world),
      deregister: (task) => this.deregister(task, world),
      // What ends with the host needs no other end.
      log: (message) => (this.isStopped ? undefined : console.error(message)),
    };
  }

  private environmentOf(task: Task, definition: TaskDefinition, { name }: ContainerState, world: World) {
    const { region } = world.place;
    const role = typeof definition.taskRoleArn === "string" ? definition.taskRoleArn : undefined;
    return {
      AWS_ENDPOINT_URL: `http://${AWS_NAME}:${this.hosts.gatewayPort}`,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
      ...this.metadata.environmentOf(task, name, role, world),
    };
  }

  private async register(task: Task, world: World): Promise<void> {
    await this.callTargets("RegisterTargets", task, world);
  }

  private async deregister(task: Task, world: World): Promise<void> {
    await this.callTargets("DeregisterTargets", task, world);
  }

  private async callTargets(action: string, task: Task, world: World): Promise<void> {
    const service = serviceOf(task, world);
    if (!service) return;
    for (const { group, id, port } of targetsOf(task, service, world)) {
      await world.caller.query("elasticloadbalancing", "2015-12-01", action, {
        TargetGroupArn: group,
        "Targets.member.1.Id": id,
        "Targets.member.1.Port": String(port),
      });
      const verb = action === "RegisterTargets" ? "registered" : "deregistered";
      noteEvent(service, `${verb} 1 targets in (target-group ${group})`);
    }
  }

  private changed(task: Task, world: World): void {
    world.save();
    const service = serviceOf(task, world);
    if (service) this.scheduler.look(service.serviceArn);
  }

  private lookAtAll(): void {
    for (const { services } of Object.values(this.store.value)) {
      for (const { serviceArn, status } of Object.values(services)) {
        if (status === "ACTIVE") this.scheduler.look(serviceArn);
      }
    }
  }
}

function serviceOf(task: Task, { document }: World) {
  const name = task.group.startsWith("service:") ? task.group.slice("service:".length) : undefined;
  return Object.values(document.services).find(
    (service) => service.serviceName === name && service.clusterArn === task.clusterArn,
  );
}
