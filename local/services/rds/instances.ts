import { randomBytes, randomUUID } from "node:crypto";
import { type AwsCaller, elementsAt, listAt, textAt, type Xml } from "../../gateway/caller";
import type { XmlValue } from "../../gateway/xml";
import type { Hosts } from "../../hosts/hosts";
import { describedInstance, SETTINGS, subnetsOf } from "./description";
import { RdsError } from "./error";
import type { Parameters } from "./parameters";
import { Servers } from "./servers";
import type { Instance, Snapshot, Tag } from "./state";
import type { World } from "./world";

const RDS = "2014-10-31";

/** What becomes of instances of PostgreSQL and their snapshots: each has a server of the system behind it. */
export class Instances {
  private readonly servers: Servers;

  /** @param save - keeps what has changed. */
  constructor(
    private readonly hosts: Hosts,
    private readonly save: () => void,
  ) {
    this.servers = new Servers(hosts, save);
  }

  /** Goes on with an instance as it was before: its server is started, or its end carried out. */
  resume(instance: Instance, world: World): void {
    if (instance.network) this.hosts.addresses.take(instance.network.address);
    if (instance.status === "stopped") return;
    if (instance.status === "deleting") void this.discard(instance, world);
    else void this.run(instance, world, "starting");
  }

  stopAll(): Promise<void> {
    return this.servers.stopAll();
  }

  /** Copies data of all instances and snapshots into a snapshot of the emulator. */
  copyTo(folder: string): Promise<void> {
    return this.servers.copyTo(folder);
  }

  /** Removes the data of instances and snapshots. */
  async discardData(instances: readonly Instance[], snapshots: readonly Snapshot[]): Promise<void> {
    const names = [
      ...instances.map(({ resourceId }) => resourceId),
      ...snapshots.map(({ arn }) => snapshotFolder(arn)),
    ];
    await this.servers.discardAll(names);
  }

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

  async describe(instance: Instance, world: World): Promise<XmlValue> {
    return describedInstance(instance, world.place, await this.subnetGroup(instance, world));
  }

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

  /** Starts the server of an instance, whose data is there. */
  async run(instance: Instance, world: World, status: "starting" | "rebooting"): Promise<void> {
    instance.status = status;
    await this.attempt(instance, async () => {
      await this.servers.start(instance, world.place, await this.requiresTls(instance, world));
    });
  }

  async halt(instance: Instance): Promise<void> {
    instance.status = "stopping";
    await this.servers.stop(instance);
    instance.status = "stopped";
    this.save();
  }

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

  /** Removes an instance with everything that was made for it. */
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
