import type { AwsCaller } from "../../gateway/caller";
import type { Place } from "../../gateway/exchange";
import { instanceNotFound, RdsError } from "./error";
import type { Parameters } from "./parameters";
import type { Instance, RdsDocument, Snapshot } from "./state";

/** One account and Region, with what is in it. */
export interface World {
  readonly place: Place;
  readonly document: RdsDocument;
  readonly caller: AwsCaller;
}

/** The instance of an identifier, an ARN or a resource id. */
export function findInstance(name: string, { instances }: RdsDocument): Instance | undefined {
  return Object.values(instances).find(
    ({ identifier, arn, resourceId }) =>
      identifier === name.toLowerCase() || arn === name || resourceId === name,
  );
}

/** The instance that a request names. @throws RdsError when there is none, or it has another status. */
export function needInstance(parameters: Parameters, { document }: World, status?: string): Instance {
  const name = parameters.need("DBInstanceIdentifier");
  const found = findInstance(name, document);
  if (!found) throw instanceNotFound(name);
  if (status !== undefined && found.status !== status) {
    throw new RdsError("InvalidDBInstanceState", `Instance ${found.identifier} is not in ${status} state.`);
  }
  return found;
}

/** The snapshot that a request names. @throws RdsError when there is none. */
export function needSnapshot(parameters: Parameters, { document }: World): Snapshot {
  const name = parameters.need("DBSnapshotIdentifier");
  const found = Object.values(document.snapshots).find(
    ({ identifier, arn }) => identifier === name || arn === name,
  );
  if (!found) throw new RdsError("DBSnapshotNotFound", `DBSnapshot ${name} not found.`, 404);
  return found;
}

/** What has an ARN and tags. */
export function taggedBy(
  arn: string,
  { instances, snapshots }: RdsDocument,
): Instance | Snapshot | undefined {
  return [...Object.values(instances), ...Object.values(snapshots)].find((one) => one.arn === arn);
}
