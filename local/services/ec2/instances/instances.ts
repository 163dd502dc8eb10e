import { Store } from "../../../files/store";
import { AwsCaller } from "../../../gateway/caller";
import { errorResponse } from "../../../gateway/errors";
import { jsonResponse, type Place, type WholeRequest, type WholeResponse } from "../../../gateway/exchange";
import type { ControlRequest, Forward, OwnService } from "../../../gateway/service";
import type { Hosts } from "../../../hosts/hosts";
import { machineBase } from "../../../hosts/machine-base";
import { MachineLayers } from "../../../hosts/machine-layers";
import { parametersOf, textsOf } from "../query";
import { emptyImages, forgetGone, type ImageDocument, neededLayers } from "./chains";
import { type Notice, noteState } from "./events";
import type { InstanceChange, ListedInstance, Listing } from "./listed";
import { InstanceMetadata } from "./metadata";
import { exchangeWithMoto } from "./moto";
import { nextStep, type Step } from "./step";
import { Unit } from "./unit";

/** Operations that change nothing of an instance. */
const READING = /^(?:Describe|Get|List|Search)/;

/** Paths of the gateway at which a notice is given. */
const NOTICES: Readonly<Record<string, Notice>> = {
  "ec2/interruptions": "interruption",
  "ec2/rebalance-recommendations": "rebalance",
};

/** Seconds between the notice of an interruption and the end. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
const NOTICE = 120;

/**
 * Instances of EC2 that boot, where this machine can: moto has what they are, and here is what runs.
 *
 * However an instance was made, by itself, by a fleet or by an autoscaling group: after each change moto's instances are
 * compared with the machines, and each gets the step that it lacks.
 */
export class Instances implements OwnService {
  private readonly store: Store<ImageDocument>;
  private readonly layers: MachineLayers;
  private readonly metadata: InstanceMetadata;
  private readonly units = new Map<string, Unit>();
  private readonly busy = new Map<string, Promise<void>>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private changes: InstanceChange[] = [];
  private looking: Promise<void> | undefined;
  private isWanted = false;
  private isStarted = false;
  private isStopped = false;
  private ask: Forward = () => Promise.reject(new Error("the gateway does not run yet"));

  constructor(
    file: string | undefined,
    private readonly hosts: Hosts,
  ) {
    this.store = new Store<ImageDocument>(file, emptyImages);
    this.layers = new MachineLayers(hosts.host);
    this.metadata = new InstanceMetadata((address) =>
      [...this.units.values()].find(({ instance }) => instance.address === address),
    );
  }

  /** What changes something of instances is watched; moto answers. */
  answers(operation: string): boolean {
    return (
      this.isStarted &&
      (operation === "GetConsoleOutput" || !READING.test(operation)) &&
      /^[A-Z]\w+$/.test(operation)
    );
  }

  async answer(
    request: WholeRequest,
    place: Place,
    _ask: Forward,
    emulator: Forward,
  ): Promise<WholeResponse> {
    if (request.operation === "GetConsoleOutput") return this.consoleOutput(request, emulator);
    if (request.operation === "CreateImage") return this.createImage(request, emulator);
    const source = request.operation === "CopyImage" ? await this.chainOfSource(request) : undefined;
    const response = await emulator(request);
    if (source && response.status < 300) await this.keepCopy(response, place, source);
    this.look();
    return response;
  }

  async control({ method, path, body }: ControlRequest): Promise<WholeResponse | undefined> {
    const notice = NOTICES[path];
    if (method !== "POST" || !notice) return undefined;
    const { instanceId, seconds = NOTICE } = JSON.parse((await body()).toString() || "{}") as {
      instanceId?: string;
      seconds?: number;
    };
    const unit = this.units.get(String(instanceId));
    if (!unit) return jsonResponse(404, { message: `no machine of ${JSON.stringify(instanceId)} runs here` });
    if (!Number.isFinite(seconds) || seconds < 0) return jsonResponse(400, { message: "seconds: 0 or more" });
    return jsonResponse(
      200,
      notice === "rebalance" ? await this.adviseRebalance(unit) : await this.interrupt(unit, seconds),
    );
  }

  start(ask: Forward): void {
    this.ask = ask;
    if (this.hosts.instanceObstacle !== undefined) return;
    void this.hosts.startForInstances();
    this.isStarted = true;
    this.metadata.listen(this.hosts.instanceMetadataSocket);
    this.hosts.instanceChanges.on(() => this.look());
    this.look();
  }

  /** Machines end with the host; what they have written is kept. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.metadata.close();
    await Promise.all([...this.units.values()].map((unit) => unit.halt(true).catch(() => undefined)));
  }

  reset(): void {
    this.store.reset();
    this.look();
  }

  /** Compares soon: at once where nothing is compared already, else once more. */
  private look(): void {
    if (!this.isStarted || this.isStopped) return;
    this.isWanted = true;
    this.looking ??= this.compareAll().finally(() => {
      this.looking = undefined;
      if (this.isWanted) this.look();
    });
  }

  private async compareAll(): Promise<void> {
    while (this.isWanted && !this.isStopped) {
      this.isWanted = false;
      const told = this.changes;
      this.changes = [];
      try {
        const listing = await exchangeWithMoto(this.ask, told);
        await this.compare(listing);
      } catch (error) {
        if (this.isStopped) return;
        console.error(`instances: ${error instanceof Error ? error.message : error}`);
        this.changes = [...told, ...this.changes];
        setTimeout(() => this.look(), 1000).unref();
        return;
      }
    }
  }

  private async compare({ instances, images, snapshots }: Listing): Promise<void> {
    const present = new Map(instances.map((one) => [one.id, one] as const));
    for (const instance of instances) this.advance(this.unitOf(instance, images), instance);
    for (const [id, unit] of this.units) {
      if (present.has(id) || this.busy.has(id)) continue;
      this.run(id, async () => {
        await unit.halt(true);
        this.forget(id);
      });
    }
    if (this.busy.size > 0 || this.isStopped) return;
    const kept = { snapshots: new Set(snapshots), instances: new Set(present.keys()) };
    this.store.change((document) => forgetGone(document, kept));
    await this.layers.keepOnly(kept.instances, neededLayers(this.store.value, kept));
  }

  private unitOf(instance: ListedInstance, images: Listing["images"]): Unit {
    const found = this.units.get(instance.id);
    if (found) {
      found.instance = instance;
      return found;
    }
    const { account, region, id } = instance;
    const chain = this.chainOf(instance, images);
    const caller = new AwsCaller((request) => this.ask(request), { account, region });
    const unit = new Unit(instance, caller, {
      hosts: this.hosts,
      folder: this.layers.folderOf(id),
      layers: [...chain.map((name) => this.layers.layer(name)), machineBase()],
      changed: (change) => {
        this.changes.push({ account, region, id, ...change });
        if (change.state) void noteState(caller, unit.instance, change.state);
        this.look();
      },
      rebooted: () => this.look(),
      shutDown: async ({ shutdownBehavior }) => {
        const action = shutdownBehavior === "terminate" ? "TerminateInstances" : "StopInstances";
        await caller.query("ec2", "2016-11-15", action, { "InstanceId.1": id }).catch(() => undefined);
      },
    });
    this.units.set(id, unit);
    return unit;
  }

  /** Layers of an instance: those that it was given once, or those of its image. */
  private chainOf({ id, imageId }: ListedInstance, images: Listing["images"]): readonly string[] {
    const known = this.store.value.instances[id];
    if (known) return known;
    const chain = this.store.value.snapshots[images[imageId] ?? ""] ?? [];
    this.store.change(({ instances }) => {
      instances[id] = chain;
    });
    return chain;
  }

  private advance(unit: Unit, instance: ListedInstance): void {
    if (this.busy.has(instance.id)) return;
    const steps: Readonly<Record<Step, (() => Promise<void>) | undefined>> = {
      boot: () => unit.boot(),
      reboot: () => unit.reboot(),
      "power off": () => unit.halt(false, "stopped"),
      stopped: () => unit.halt(true, "stopped"),
      end: async () => {
        await unit.halt(true, "terminated");
        this.forget(instance.id);
      },
      none: undefined,
    };
    const step = steps[nextStep(instance, unit.running)];
    if (step) this.run(instance.id, step);
  }

  /** One step of an instance at a time. */
  private run(id: string, step: () => Promise<void>): void {
    const done = step()
      .catch((error) => console.error(`${id}: ${error instanceof Error ? error.message : error}`))
      .finally(() => {
        this.busy.delete(id);
        this.look();
      });
    this.busy.set(id, done);
  }

  private forget(id: string): void {
    const unit = this.units.get(id);
    unit?.close();
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.units.delete(id);
  }

  private async interrupt(unit: Unit, seconds: number): Promise<object> {
    const { id } = unit.instance;
    const at = Date.now() + seconds * 1000;
    unit.interruption = { at };
    clearTimeout(this.timers.get(id));
    const end = async () => {
      await unit.caller.query("ec2", "2016-11-15", "TerminateInstances", { "InstanceId.1": id });
      // Afterwards: the end by itself has a reason of its own.
      const reason = "Server.SpotInstanceTermination: Spot instance termination";
      this.changes.push({ ...unit.caller.place, id, reason });
      this.look();
    };
    this.timers.set(
      id,
      setTimeout(() => void end().catch(() => undefined), seconds * 1000),
    );
    await noteState(unit.caller, unit.instance, "interruption");
    return { instanceId: id, action: "terminate", time: new Date(at).toISOString() };
  }

  /** Says that the capacity may go, as EC2 does before it is sure. */
  private async adviseRebalance(unit: Unit): Promise<object> {
    unit.rebalance = Date.now();
    await noteState(unit.caller, unit.instance, "rebalance");
    return { instanceId: unit.instance.id, noticeTime: new Date(unit.rebalance).toISOString() };
  }

  private async consoleOutput(request: WholeRequest, emulator: Forward): Promise<WholeResponse> {
    const response = await emulator(request);
    const unit = this.units.get(parametersOf(request).get("InstanceId") ?? "");
    if (!unit || response.status >= 300) return response;
    const text = Buffer.from(unit.console).toString("base64");
    const body = String(response.body).replace(/<output>[^<]*<\/output>/, `<output>${text}</output>`);
    return { ...response, body };
  }

  /**
   * Makes an image of what the instance has written. It is shut down meanwhile and booted again, unless `NoReboot` is given.
   *
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
   */
  private async createImage(request: WholeRequest, emulator: Forward): Promise<WholeResponse> {
    const parameters = parametersOf(request);
    const id = parameters.get("InstanceId") ?? "";
    const unit = this.units.get(id);
    const response = await emulator(request);
    if (!unit || response.status >= 300) return response;
    // A step that is under way comes to its end first.
    while (this.busy.has(id)) await this.busy.get(id);
    const reboots = unit.running !== undefined && parameters.get("NoReboot") !== "true";
    const [image = ""] = textsOf(response, "imageId");
    try {
      await this.exclusively(id, async () => {
        if (reboots) await unit.halt(false);
        const { isWhole } = await this.layers.capture(id, image);
        const below = isWhole ? [] : (this.store.value.instances[id] ?? []);
        const { images } = await exchangeWithMoto(this.ask, []);
        this.store.change(({ snapshots }) => {
          snapshots[images[image] ?? ""] = [image, ...below];
        });
        if (reboots) await unit.boot();
      });
      return response;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return errorResponse(request, { status: 500, code: "InternalError", message });
    }
  }

  private exclusively(id: string, work: () => Promise<void>): Promise<void> {
    const done = work();
    const quiet = done
      .catch(() => undefined)
      .finally(() => {
        this.busy.delete(id);
        this.look();
      });
    this.busy.set(id, quiet);
    return done;
  }

  /** Layers of the image that is copied, from whatever Region. */
  private async chainOfSource(request: WholeRequest): Promise<readonly string[]> {
    const { images } = await exchangeWithMoto(this.ask, []);
    const source = parametersOf(request).get("SourceImageId") ?? "";
    return this.store.value.snapshots[images[source] ?? ""] ?? [];
  }

  private async keepCopy(response: WholeResponse, _place: Place, chain: readonly string[]): Promise<void> {
    const { images } = await exchangeWithMoto(this.ask, []);
    const [image = ""] = textsOf(response, "imageId");
    const snapshot = images[image];
    if (snapshot === undefined) return;
    this.store.change(({ snapshots }) => {
      snapshots[snapshot] = chain;
    });
  }
}
