import { randomUUID } from "node:crypto";
import { defaultVersionOf, namespaceOf, requireVersion, serviceAccountsOf } from "./addon-versions";
import { EksError, invalid } from "./error";
import { choiceOf, type Input, now, objectsOf, optionalText, textOf } from "./input";
import { type Asked, activeClusterOf, arnOf, clusterOf, type Operation, page } from "./operation";
import { associate } from "./pod-identities";
import { begin, beginUpdate, isUnderWay } from "./progress";
import { requireRole } from "./roles";
import { type Changing, type ClusterRecord, held } from "./state";
import { tagsOf } from "./tags";

const CONFLICTS = ["NONE", "OVERWRITE", "PRESERVE"] as const;
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html */
export const addons: Readonly<Record<string, Operation>> = {
  "POST /clusters/{name}/addons": async (asked) => {
    const { input, place } = asked;
    const record = activeClusterOf(asked);
    const { cluster } = record;
    const name = textOf(input, "addonName");
    free(record, name);
    const addonVersion = optionalText(input, "addonVersion") ?? defaultVersionOf(name, cluster.version);
    requireVersion(name, addonVersion, cluster.version);
    choiceOf(input, "resolveConflicts", CONFLICTS);
    const configurationValues = configurationOf(input);
    const tags = tagsOf(input);
    const role = await roleOf(asked);
    free(record, name);
    const addonArn = arnOf(place, `addon/${cluster.name}/${name}/${randomUUID()}`);
    const addon: Changing = {
      addonName: name,
      clusterName: cluster.name,
      status: "CREATING",
      addonVersion,
      health: { issues: [] },
      addonArn,
      createdAt: now(),
      modifiedAt: now(),
      ...(role === undefined ? {} : { serviceAccountRoleArn: role }),
      tags,
      ...(configurationValues === undefined ? {} : { configurationValues }),
      podIdentityAssociations: associateAll(asked, record, name, addonArn),
    };
    record.addons[name] = addon;
    begin(record, `addon/${name}`);
    return { addon };
  },

  "GET /clusters/{name}/addons": (asked) => {
    const { items, ...next } = page(Object.keys(clusterOf(asked).addons).sort(), asked.query);
    return { addons: items, ...next };
  },

  "GET /clusters/{name}/addons/{addonName}": (asked) => {
    const [record, name, addon] = existing(asked);
    if (isUnderWay(record, `addon/${name}`)) return { addon };
    if (addon.status !== "DELETING") {
      addon.status = "ACTIVE";
      return { addon };
    }
    delete record.addons[name];
    throw missing(asked, name);
  },

  "POST /clusters/{name}/addons/{addonName}/update": async (asked) => {
    const { input } = asked;
    const [record, name, addon] = idle(asked);
    const addonVersion = optionalText(input, "addonVersion") ?? String(addon.addonVersion);
    requireVersion(name, addonVersion, record.cluster.version);
    const resolveConflicts = choiceOf(input, "resolveConflicts", CONFLICTS);
    const configurationValues = configurationOf(input);
    const role = await roleOf(asked);
    idle(asked);
    if (input.podIdentityAssociations !== undefined) {
      dissociateAll(record, addon);
      addon.podIdentityAssociations = associateAll(asked, record, name, String(addon.addonArn));
    }
    Object.assign(addon, {
      addonVersion,
      ...(configurationValues === undefined ? {} : { configurationValues }),
      ...(input.serviceAccountRoleArn === undefined ? {} : { serviceAccountRoleArn: role }),
      status: "UPDATING",
      modifiedAt: now(),
    });
    const params = { AddonVersion: addonVersion, ResolveConflicts: resolveConflicts };
    return { update: beginUpdate(record, `addon/${name}`, "AddonUpdate", params) };
  },

  "DELETE /clusters/{name}/addons/{addonName}": (asked) => {
    const [record, name, addon] = existing(asked);
    dissociateAll(record, addon);
    addon.status = "DELETING";
    begin(record, `addon/${name}`);
    return { addon };
  },
};

/** What an add-on is configured with, as the text that was given. */
function configurationOf(input: Input): string | undefined {
  const values = optionalText(input, "configurationValues");
  // YAML is taken too; only what claims to be JSON is read.
  if (values === undefined || !values.trimStart().startsWith("{")) return values;
  try {
    JSON.parse(values);
    return values;
  } catch {
    throw invalid("ConfigurationValue is not in valid JSON or YAML format");
  }
}

/** The role of an add-on, if it is given one; an empty text takes it away. */
async function roleOf({ input, clients }: Asked): Promise<string | undefined> {
  if (input.serviceAccountRoleArn === "") return undefined;
  const role = optionalText(input, "serviceAccountRoleArn", ROLE);
  if (role !== undefined) await requireRole(clients, role);
  return role;
}

function associateAll(
  { input, place }: Asked,
  record: ClusterRecord,
  name: string,
  addonArn: string,
): readonly string[] {
  const wanted = objectsOf(input, "podIdentityAssociations");
  const accounts = serviceAccountsOf(name);
  for (const { serviceAccount } of wanted) {
    if (!accounts.includes(String(serviceAccount))) {
      throw invalid(
        `Service account ${String(serviceAccount)} is none of addon ${name}: ${accounts.join(", ")}`,
      );
    }
  }
  const namespace = namespaceOf(name);
  return wanted.map((one) =>
    String(associate(record, place, { ...one, namespace }, addonArn).associationArn),
  );
}

function dissociateAll(record: ClusterRecord, { addonArn }: Changing): void {
  for (const [id, association] of Object.entries(record.podIdentities)) {
    if (association.ownerArn === addonArn) delete record.podIdentities[id];
  }
}

function free({ cluster, addons: all }: ClusterRecord, addonName: string): void {
  if (!held(all, addonName)) return;
  throw new EksError("ResourceInUseException", "Addon already exists.", {
    clusterName: cluster.name,
    addonName,
  });
}

function existing(asked: Asked): [ClusterRecord, string, Changing] {
  const record = clusterOf(asked);
  const name = asked.path.addonName ?? "";
  const addon = held(record.addons, name);
  if (addon) return [record, name, addon];
  throw missing(asked, name);
}

function idle(asked: Asked): [ClusterRecord, string, Changing] {
  const found = existing(asked);
  const [record, addonName, addon] = found;
  if (addon.status === "ACTIVE") return found;
  throw new EksError("ResourceInUseException", `Addon ${addonName} is in ${addon.status} status`, {
    clusterName: record.cluster.name,
    addonName,
  });
}

function missing({ path }: Asked, addonName: string): EksError {
  return new EksError(
    "ResourceNotFoundException",
    `No addon: ${addonName} found in cluster: ${path.name ?? ""}`,
    {
      clusterName: path.name ?? "",
      addonName,
    },
  );
}
