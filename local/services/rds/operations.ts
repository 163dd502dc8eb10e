import type { XmlValue } from "../../gateway/xml";
import { describedSnapshot } from "./description";
import { RdsError } from "./error";
import type { Instances } from "./instances";
import type { Parameters } from "./parameters";
import type { Tag } from "./state";
import { needInstance, needSnapshot, taggedBy, type World } from "./world";

type Operation = (this: Instances, parameters: Parameters, world: World) => Promise<XmlValue> | XmlValue;

/** The operations of instances and snapshots of PostgreSQL; whatever else RDS has is the emulator's. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
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
