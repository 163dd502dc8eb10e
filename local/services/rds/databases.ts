import { randomBytes, randomUUID } from "node:crypto";
import { Store } from "../../files/store";
import { AwsCaller, elementsAt, listAt, textAt, type Xml } from "../../gateway/caller";
import { errorResponse } from "../../gateway/errors";
import type { Place, WholeRequest, WholeResponse } from "../../gateway/exchange";
import type { Forward, OwnService } from "../../gateway/service";
import { elementText, type XmlValue } from "../../gateway/xml";
import type { Hosts } from "../../hosts/hosts";
import { describedInstance, describedSnapshot, SETTINGS, subnetsOf } from "./description";
import { instanceNotFound, RdsError } from "./error";
import { Parameters } from "./parameters";
import { Servers } from "./servers";
import { emptyDocument, type Instance, type RdsDocument, type Snapshot, type Tag } from "./state";

/** One account and Region. */
interface World {
  readonly place: Place;
  readonly document: RdsDocument;
  readonly caller: AwsCaller;
}

type Operation = (this: Databases, parameters: Parameters, world: World) => Promise<XmlValue> | XmlValue;

const RDS = "2014-10-31";

/**
 * Instances of PostgreSQL, which run as servers of the system; whatever else RDS has is the emulator's.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/Welcome.html
 */
export class Databases implements OwnService {
  private readonly store: Store<Record<string, RdsDocument>>;
  private readonly servers: Servers;
  private ask: Forward = () => Promise.reject(new Error("the gateway does not run yet"));

  constructor(
    file: string | undefined,
    private readonly hosts: Hosts,
  ) {
    this.store = new Store<Record<string, RdsDocument>>(file, () => ({}));
    this.servers = new Servers(hosts, () => this.save());
  }

  answers(operation: string): boolean {
    return Object.hasOwn(OPERATIONS, operation);
  }

  async answer(
    request: WholeRequest,
    place: Place,
    _ask: Forward,
    emulator: Forward,
  ): Promise<WholeResponse> {
    const parameters = new Parameters(request.body);
    const world = this.worldOf({ account: place.account, region: place.region });
    if (!this.isOwn(request.operation, parameters, world)) return emulator(request);
    try {
      const result = (await OPERATIONS[request.operation]?.call(this, parameters, world)) ?? "";
      this.save();
      return responseOf(request.operation, result);
    } catch (error) {
      if (!(error instanceof RdsError)) throw error;
      return errorResponse(request, { status: error.status, code: error.code, message: error.message });
    }
  }

  /** Starts the servers that ran before. */
  start(ask: Forward): void {
    this.ask = ask;
    for (const [key, document] of Object.entries(this.store.value)) {
      const [account = "", region = ""] = key.split("/");
      const world = this.worldOf({ account, region });
      for (const instance of Object.values(document.instances)) {
        if (instance.network) this.hosts.addresses.take(instance.network.address);
        if (instance.status === "stopped") continue;
        if (instance.status === "deleting") void this.discard(instance, world);
        else void this.run(instance, world, "starting");
      }
    }
  }

  async stop(): Promise<void> {
    await this.servers.stopAll();
  }

  reset(): void {
    const all = Object.values(this.store.value).flatMap(({ instances, snapshots }) => [
      ...Object.values(instances).map(({ resourceId }) => resourceId),
      ...Object.values(snapshots).map(({ arn }) => snapshotFolder(arn)),
    ]);
    void this.servers.discardAll(all);
    this.store.reset();
  }

  /** @internal */
  create(parameters: Parameters, world: World, from?: Snapshot): XmlValue {
    const identifier = parameters.need("DBInstanceIdentifier").toLowerCase();
    if (world.document.instances[identifier]) {
      throw new RdsError("DBInstanceAlreadyExists", "DB Instance already exists");
    }
    if (!/^[a-z](?:-?[a-z0-9])*$/.test(identifier) || identifier.length > 63) {
      throw new RdsError(
        "InvalidParameterValue",
        "The parameter DBInstanceIdentifier is not a valid identifier.",
      );
    }
    const isManaged = parameters.get("ManageMasterUserPassword") === "true";
    const password = parameters.get("MasterUserPassword");
    if (!from && !isManaged) checkPassword(password ?? "");
    if (!from) parameters.need("MasterUsername");
    const { account, region } = world.place;
    const instance: Instance = {
      identifier,
      resourceId: `db-${randomBytes(13).toString("hex").toUpperCase()}`,
      arn: `arn:aws:rds:${region}:${account}:db:${identifier}`,
      status: "creating",
      settings: { ...from?.settings, ...parameters.given(SETTINGS) },
      securityGroups: parameters.list("VpcSecurityGroupIds"),
      logExports: parameters.list("EnableCloudwatchLogsExports"),
      tags: parameters.tags(),
      createdAt: new Date().toISOString(),
      ...(from ? { from: snapshotFolder(from.arn) } : {}),
    };
    world.document.instances[identifier] = instance;
    void this.setUp(instance, world, isManaged ? randomBytes(24).toString("base64url") : password, isManaged);
    return { DBInstance: describedInstance(instance, world.place, undefined) };
  }

  /** @internal */
  async describe(instance: Instance, world: World): Promise<XmlValue> {
    return describedInstance(instance, world.place, await this.subnetGroup(instance, world));
  }

  /** @internal */
  async modify(instance: Instance, parameters: Parameters, world: World): Promise<void> {
    const password = parameters.get("MasterUserPassword");
    if (password !== undefined) {
      checkPassword(password);
      await this.servers.changePassword(instance, instance.settings.MasterUsername ?? "postgres", password);
    }
    instance.settings = { ...instance.settings, ...parameters.given(SETTINGS) };
    if (parameters.has("VpcSecurityGroupIds"))
      instance.securityGroups = parameters.list("VpcSecurityGroupIds");
    const logs = "CloudwatchLogsExportConfiguration";
    const disabled = parameters.list(`${logs}.DisableLogTypes`);
    const enabled = parameters.list(`${logs}.EnableLogTypes`);
    instance.logExports = [
      ...new Set([...instance.logExports.filter((one) => !disabled.includes(one)), ...enabled]),
    ];
    if (parameters.get("ManageMasterUserPassword") === "true" && instance.secretArn === undefined) {
      const managed = randomBytes(24).toString("base64url");
      await this.servers.changePassword(instance, instance.settings.MasterUsername ?? "postgres", managed);
      await this.keepSecret(instance, managed, world);
    }
  }

  /** @internal Starts the server of an instance, whose data is there. */
  async run(instance: Instance, world: World, status: "starting" | "rebooting"): Promise<void> {
    instance.status = status;
    await this.attempt(instance, async () => {
      await this.servers.start(instance, world.place, await this.requiresTls(instance, world));
    });
  }

  /** @internal */
  async halt(instance: Instance): Promise<void> {
    instance.status = "stopping";
    await this.servers.stop(instance);
    instance.status = "stopped";
    this.save();
  }

  /** @internal */
  async snapshot(
    instance: Instance,
    identifier: string,
    tags: readonly Tag[],
    world: World,
  ): Promise<Snapshot> {
    if (world.document.snapshots[identifier]) {
      throw new RdsError(
        "DBSnapshotAlreadyExists",
        `Cannot create the snapshot because a snapshot with the identifier ${identifier} already exists.`,
      );
    }
    const { account, region } = world.place;
    const snapshot: Snapshot = {
      identifier,
      arn: `arn:aws:rds:${region}:${account}:snapshot:${identifier}`,
      instance: instance.identifier,
      createdAt: new Date().toISOString(),
      settings: instance.settings,
      tags: instance.settings.CopyTagsToSnapshot === "true" ? instance.tags : tags,
    };
    await this.servers.backUp(instance, snapshotFolder(snapshot.arn));
    world.document.snapshots[identifier] = snapshot;
    return snapshot;
  }

  /** @internal Removes an instance with everything that was made for it. */
  async discard(instance: Instance, world: World): Promise<void> {
    instance.status = "deleting";
    this.save();
    await this.servers.remove(instance).catch((error) => console.error(`${instance.arn}: ${error}`));
    if (instance.network) await this.hosts.addresses.remove(instance.network, world.caller);
    if (instance.secretArn !== undefined) {
      const input = { SecretId: instance.secretArn, ForceDeleteWithoutRecovery: true };
      await world.caller.json("secretsmanager", "secretsmanager.DeleteSecret", input).catch(() => undefined);
    }
    delete world.document.instances[instance.identifier];
    this.save();
  }

  /** @internal */
  async discardSnapshot(snapshot: Snapshot): Promise<void> {
    await this.servers.discardAll([snapshotFolder(snapshot.arn)]);
  }

  private async setUp(
    instance: Instance,
    world: World,
    password: string | undefined,
    isManaged: boolean,
  ): Promise<void> {
    await this.attempt(instance, async () => {
      const group = await this.subnetGroup(instance, world);
      const subnets = group ? subnetsOf(group) : await defaultSubnets(world.caller);
      const { securityGroups } = instance;
      instance.network = await this.hosts.addresses.make(
        { subnets, securityGroups, description: "RDSNetworkInterface" },
        world.caller,
      );
      if (isManaged && password !== undefined) await this.keepSecret(instance, password, world);
      const { MasterUsername: name = "postgres", DBName: database } = instance.settings;
      const administrator =
        password === undefined ? undefined : { name, password, ...(database ? { database } : {}) };
      await this.servers.create(
        instance,
        world.place,
        await this.requiresTls(instance, world),
        administrator,
      );
    });
  }

  private async attempt(instance: Instance, run: () => Promise<void>): Promise<void> {
    try {
      await run();
      if (instance.status !== "deleting") instance.status = "available";
    } catch (error) {
      console.error(`${instance.arn} does not run: ${error instanceof Error ? error.message : error}`);
      if (instance.status !== "deleting") instance.status = "failed";
    }
    this.save();
  }

  private async keepSecret(instance: Instance, password: string, { caller }: World): Promise<void> {
    const made = await caller.json<{ ARN: string }>("secretsmanager", "secretsmanager.CreateSecret", {
      Name: `rds!db-${randomUUID()}`,
      Description: `Secret associated with primary RDS DB instance: ${instance.arn}`,
      SecretString: JSON.stringify({ username: instance.settings.MasterUsername, password }),
      ClientRequestToken: randomUUID(),
    });
    instance.secretArn = made.ARN;
  }

  /** Since version 15 the default is yes. @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html */
  private async requiresTls({ settings }: Instance, { caller }: World): Promise<boolean> {
    const group = settings.DBParameterGroupName;
    if (group === undefined || group.startsWith("default.")) return true;
    const answer = await caller
      .query("rds", RDS, "DescribeDBParameters", { DBParameterGroupName: group })
      .catch(() => ({}) as Xml);
    const all = [...elementsAt(answer, "Parameters", "Parameter"), ...listAt(answer, "Parameters")];
    const found = all.find((one) => textAt(one, "ParameterName") === "rds.force_ssl");
    return (found ? textAt(found, "ParameterValue") : "1") !== "0";
  }

  private async subnetGroup({ settings }: Instance, { caller }: World): Promise<Xml | undefined> {
    const name = settings.DBSubnetGroupName;
    if (name === undefined) return undefined;
    const answer = await caller
      .query("rds", RDS, "DescribeDBSubnetGroups", { DBSubnetGroupName: name })
      .catch(() => ({}) as Xml);
    return elementsAt(answer, "DBSubnetGroups", "DBSubnetGroup")[0];
  }

  /** Instances and snapshots that are not known here are the emulator's, as those of other engines. */
  private isOwn(operation: string, parameters: Parameters, { document }: World): boolean {
    if (operation === "CreateDBInstance") return parameters.get("Engine") === "postgres";
    const arn = parameters.get("ResourceName");
    if (arn !== undefined) return taggedBy(arn, document) !== undefined;
    if (
      operation === "DescribeDBSnapshots" ||
      operation === "DeleteDBSnapshot" ||
      operation.startsWith("Restore")
    )
      return true;
    const name = parameters.get("DBInstanceIdentifier");
    return operation === "DescribeDBInstances"
      ? name === undefined || find(name, document) !== undefined
      : find(name ?? "", document) !== undefined;
  }

  private worldOf(place: Place): World {
    const key = `${place.account}/${place.region}`;
    if (this.store.value[key] === undefined) {
      this.store.change((all) => {
        all[key] = emptyDocument();
      });
    }
    const document = this.store.value[key] ?? emptyDocument();
    return { place, document, caller: new AwsCaller((request) => this.ask(request), place) };
  }

  private save(): void {
    this.store.change(() => undefined);
  }
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateDBInstance(parameters, world) {
    return this.create(parameters, world);
  },

  async DescribeDBInstances(parameters, world) {
    const name = parameters.get("DBInstanceIdentifier");
    const identifiers = parameters.filter("db-instance-id");
    const resources = parameters.filter("dbi-resource-id");
    const all =
      name === undefined ? Object.values(world.document.instances) : [needInstance(parameters, world)];
    const found = all.filter(
      (one) =>
        (!identifiers || identifiers.includes(one.identifier) || identifiers.includes(one.arn)) &&
        (!resources || resources.includes(one.resourceId)),
    );
    return { DBInstances: { DBInstance: await Promise.all(found.map((one) => this.describe(one, world))) } };
  },

  async ModifyDBInstance(parameters, world) {
    const instance = needInstance(parameters, world);
    await this.modify(instance, parameters, world);
    return { DBInstance: await this.describe(instance, world) };
  },

  async DeleteDBInstance(parameters, world) {
    const instance = needInstance(parameters, world);
    if (instance.settings.DeletionProtection === "true") {
      throw new RdsError(
        "InvalidParameterCombination",
        "Cannot delete protected DB Instance, please disable deletion protection and try again.",
      );
    }
    if (parameters.get("SkipFinalSnapshot") !== "true") {
      await this.snapshot(instance, parameters.need("FinalDBSnapshotIdentifier"), [], world);
    }
    instance.status = "deleting";
    void this.discard(instance, world);
    return { DBInstance: await this.describe(instance, world) };
  },

  async StopDBInstance(parameters, world) {
    const instance = needInstance(parameters, world, "available");
    void this.halt(instance);
    return { DBInstance: await this.describe(instance, world) };
  },

  async StartDBInstance(parameters, world) {
    const instance = needInstance(parameters, world, "stopped");
    void this.run(instance, world, "starting");
    return { DBInstance: await this.describe(instance, world) };
  },

  async RebootDBInstance(parameters, world) {
    const instance = needInstance(parameters, world, "available");
    await this.halt(instance);
    void this.run(instance, world, "rebooting");
    return { DBInstance: await this.describe(instance, world) };
  },

  async CreateDBSnapshot(parameters, world) {
    const instance = needInstance(parameters, world, "available");
    const made = await this.snapshot(
      instance,
      parameters.need("DBSnapshotIdentifier"),
      parameters.tags(),
      world,
    );
    return { DBSnapshot: describedSnapshot(made) };
  },

  DescribeDBSnapshots(parameters, { document }) {
    const [name, instance] = [parameters.get("DBSnapshotIdentifier"), parameters.get("DBInstanceIdentifier")];
    const found = Object.values(document.snapshots).filter(
      (one) =>
        (name === undefined || one.identifier === name || one.arn === name) &&
        (instance === undefined || one.instance === instance),
    );
    if (name !== undefined && found.length === 0)
      throw new RdsError("DBSnapshotNotFound", `DBSnapshot ${name} not found.`, 404);
    return { DBSnapshots: { DBSnapshot: found.map(describedSnapshot) } };
  },

  async DeleteDBSnapshot(parameters, world) {
    const snapshot = needSnapshot(parameters, world);
    delete world.document.snapshots[snapshot.identifier];
    await this.discardSnapshot(snapshot);
    return { DBSnapshot: describedSnapshot(snapshot) };
  },

  RestoreDBInstanceFromDBSnapshot(parameters, world) {
    return this.create(parameters, world, needSnapshot(parameters, world));
  },

  ListTagsForResource(parameters, { document }) {
    const tags = taggedBy(parameters.need("ResourceName"), document)?.tags ?? [];
    return { TagList: { Tag: tags.map(({ Key, Value }) => ({ Key, Value })) } };
  },

  AddTagsToResource(parameters, { document }) {
    const found = taggedBy(parameters.need("ResourceName"), document) as { tags: readonly Tag[] };
    const added = parameters.tags();
    found.tags = [...found.tags.filter(({ Key }) => !added.some((tag) => tag.Key === Key)), ...added];
    return "";
  },

  RemoveTagsFromResource(parameters, { document }) {
    const found = taggedBy(parameters.need("ResourceName"), document) as { tags: readonly Tag[] };
    const removed = parameters.list("TagKeys");
    found.tags = found.tags.filter(({ Key }) => !removed.includes(Key));
    return "";
  },
};

function find(name: string, { instances }: RdsDocument): Instance | undefined {
  return Object.values(instances).find(
    ({ identifier, arn, resourceId }) =>
      identifier === name.toLowerCase() || arn === name || resourceId === name,
  );
}

function needInstance(parameters: Parameters, { document }: World, status?: string): Instance {
  const name = parameters.need("DBInstanceIdentifier");
  const found = find(name, document);
  if (!found) throw instanceNotFound(name);
  if (status !== undefined && found.status !== status) {
    throw new RdsError("InvalidDBInstanceState", `Instance ${found.identifier} is not in ${status} state.`);
  }
  return found;
}

function needSnapshot(parameters: Parameters, { document }: World): Snapshot {
  const name = parameters.need("DBSnapshotIdentifier");
  const found = Object.values(document.snapshots).find(
    ({ identifier, arn }) => identifier === name || arn === name,
  );
  if (!found) throw new RdsError("DBSnapshotNotFound", `DBSnapshot ${name} not found.`, 404);
  return found;
}

function taggedBy(arn: string, { instances, snapshots }: RdsDocument): Instance | Snapshot | undefined {
  return [...Object.values(instances), ...Object.values(snapshots)].find((one) => one.arn === arn);
}

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
function checkPassword(password: string): void {
  if (password.length < 8) {
    throw new RdsError(
      "InvalidParameterValue",
      "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.",
    );
  }
  if (/[/"@ ]|[^\x20-\x7e]/.test(password)) {
    throw new RdsError(
      "InvalidParameterValue",
      "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.",
    );
  }
}

/** Where an instance lies that names no subnets: in the default VPC. */
async function defaultSubnets(caller: AwsCaller): Promise<readonly string[]> {
  const filter = { "Filter.1.Name": "default-for-az", "Filter.1.Value.1": "true" };
  const answer = await caller.query("ec2", "2016-11-15", "DescribeSubnets", filter);
  return listAt(answer, "subnetSet").map((one) => textAt(one, "subnetId"));
}

function snapshotFolder(arn: string): string {
  return `snapshot-${arn.split(":").slice(3).join("-")}`;
}

function responseOf(operation: string, result: XmlValue): WholeResponse {
  const inside = { [`${operation}Result`]: result, ResponseMetadata: { RequestId: randomUUID() } };
  const body = elementText(`${operation}Response`, inside).replace(
    `<${operation}Response>`,
    `<${operation}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/">`,
  );
  return {
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}
