import { randomUUID } from "node:crypto";
import { Store } from "../../files/store";
import { AwsCaller } from "../../gateway/caller";
import { errorResponse } from "../../gateway/errors";
import type { Place, WholeRequest, WholeResponse } from "../../gateway/exchange";
import type { Forward, OwnService } from "../../gateway/service";
import { elementText, type XmlValue } from "../../gateway/xml";
import type { Hosts } from "../../hosts/hosts";
import { RdsError } from "./error";
import { Instances } from "./instances";
import { OPERATIONS } from "./operations";
import { Parameters } from "./parameters";
import { emptyDocument, type RdsDocument } from "./state";
import { findInstance, taggedBy, type World } from "./world";

/**
 * Instances of PostgreSQL, which run as servers of the system; whatever else RDS has is the emulator's.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/Welcome.html
 */
export class Databases implements OwnService {
  private readonly store: Store<Record<string, RdsDocument>>;
  private readonly instances: Instances;
  private ask: Forward = () => Promise.reject(new Error("the gateway does not run yet"));

  constructor(file: string | undefined, hosts: Hosts) {
    this.store = new Store<Record<string, RdsDocument>>(file, () => ({}));
    this.instances = new Instances(hosts, () => this.save());
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
      const result = (await OPERATIONS[request.operation]?.call(this.instances, parameters, world)) ?? "";
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
      for (const instance of Object.values(document.instances)) this.instances.resume(instance, world);
    }
  }

  async stop(): Promise<void> {
    await this.instances.stopAll();
  }

  /** Servers that run are copied by PostgreSQL's own backup, so that their clients notice nothing. */
  copyTo(folder: string): Promise<void> {
    return this.instances.copyTo(folder);
  }

  reset(): void {
    const all = Object.values(this.store.value);
    void this.instances.discardData(
      all.flatMap(({ instances }) => Object.values(instances)),
      all.flatMap(({ snapshots }) => Object.values(snapshots)),
    );
    this.store.reset();
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
      ? name === undefined || findInstance(name, document) !== undefined
      : findInstance(name ?? "", document) !== undefined;
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
