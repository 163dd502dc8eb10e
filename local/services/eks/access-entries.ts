import { randomUUID } from "node:crypto";
import type { Place } from "../../gateway/exchange";
import { policyArnOf, policyNameOf } from "./access-policies";
import { EksError, invalid } from "./error";
import { choiceOf, type Input, listOf, now, objectOf, optionalText, textOf } from "./input";
import {
  type Asked,
  about,
  activeClusterOf,
  arnOf,
  clusterOf,
  type Operation,
  page,
  partitionOf,
} from "./operation";
import { type AccessEntry, type AssociatedPolicy, type ClusterRecord, held } from "./state";
import { tagsOf } from "./tags";

/** Who an entry can be for: a role, a user, or the account itself. */
const PRINCIPAL =
  /^arn:aws[a-z-]*:iam::(\d{12}):(?:(role|user)\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]{1,128})|(root))$/;

/** What an entry is for, with the name and groups that EKS gives it; a person's are the caller's own choice. */
const TYPES: Readonly<Record<string, { username: string; groups: readonly string[] } | undefined>> = {
  STANDARD: undefined,
  EC2_LINUX: { username: "system:node:{{EC2PrivateDNSName}}", groups: ["system:nodes"] },
  EC2_WINDOWS: {
    username: "system:node:{{EC2PrivateDNSName}}",
    groups: ["eks:kube-proxy-windows", "system:nodes"],
  },
  FARGATE_LINUX: {
    username: "system:node:{{SessionName}}",
    groups: ["system:bootstrappers", "system:nodes", "system:node-proxier"],
  },
  EC2: { username: "system:node:{{EC2PrivateDNSName}}", groups: ["system:nodes"] },
  HYBRID_LINUX: { username: "system:node:{{SessionName}}", groups: ["system:nodes"] },
};

/** Beginnings of names that Kubernetes and AWS keep for themselves. */
const RESERVED = /^(?:system|eks|aws|amazon|iam):/;

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html */
export const accessEntries: Readonly<Record<string, Operation>> = {
  "POST /clusters/{name}/access-entries": (asked) => {
    const record = managed(activeClusterOf(asked));
    const { input, place } = asked;
    const principalArn = textOf(input, "principalArn");
    if (!PRINCIPAL.test(principalArn)) {
      throw invalid("The specified principalArn is invalid: invalid principal.", about(record.cluster));
    }
    if (record.accessEntries[principalArn]) {
      throw new EksError(
        "ResourceInUseException",
        "The specified access entry resource is already in use on this cluster.",
        about(record.cluster),
      );
    }
    const type = optionalText(input, "type") ?? "STANDARD";
    if (!Object.hasOwn(TYPES, type))
      throw invalid(`type ${type} is invalid: use one of ${Object.keys(TYPES).join(", ")}`);
    requireOwnNames(input, type);
    const entry = entryOf(record, place, principalArn, type, tagsOf(input));
    Object.assign(entry, namesOf(input));
    record.accessEntries[principalArn] = { entry, policies: [] };
    return { accessEntry: entry };
  },

  "GET /clusters/{name}/access-entries": (asked) => {
    const policy = asked.query.get("associatedPolicyArn");
    const arns = Object.values(managed(clusterOf(asked)).accessEntries)
      .filter(({ policies }) => policy === null || policies.some(({ policyArn }) => policyArn === policy))
      .map(({ entry }) => entry.principalArn);
    const { items, ...next } = page(arns, asked.query);
    return { accessEntries: items, ...next };
  },

  "GET /clusters/{name}/access-entries/{principalArn}": (asked) => ({ accessEntry: existing(asked).entry }),

  "POST /clusters/{name}/access-entries/{principalArn}": (asked) => {
    const { entry } = existing(asked);
    requireOwnNames(asked.input, entry.type);
    Object.assign(entry, namesOf(asked.input), { modifiedAt: now() });
    return { accessEntry: entry };
  },

  "DELETE /clusters/{name}/access-entries/{principalArn}": (asked) => {
    const { entry } = existing(asked);
    delete clusterOf(asked).accessEntries[entry.principalArn];
    return {};
  },

  "GET /clusters/{name}/access-entries/{principalArn}/access-policies": (asked) => {
    const { entry, policies } = existing(asked);
    const { items, ...next } = page(policies, asked.query);
    return {
      clusterName: clusterOf(asked).cluster.name,
      principalArn: entry.principalArn,
      associatedAccessPolicies: items,
      ...next,
    };
  },

  "POST /clusters/{name}/access-entries/{principalArn}/access-policies": (asked) => {
    const held = existing(asked);
    const policyArn = textOf(asked.input, "policyArn");
    if (policyNameOf(policyArn) === undefined) throw invalid("The specified policyArn is invalid.");
    if (held.entry.type !== "STANDARD") {
      throw new EksError(
        "InvalidRequestException",
        `An access entry of type ${held.entry.type} cannot have access policies associated`,
      );
    }
    const before = held.policies.find((one) => one.policyArn === policyArn);
    const time = now();
    const associated: AssociatedPolicy = {
      policyArn,
      accessScope: scopeOf(asked.input),
      associatedAt: before?.associatedAt ?? time,
      modifiedAt: time,
    };
    held.policies = [...held.policies.filter((one) => one !== before), associated];
    return {
      clusterName: clusterOf(asked).cluster.name,
      principalArn: held.entry.principalArn,
      associatedAccessPolicy: associated,
    };
  },

  "DELETE /clusters/{name}/access-entries/{principalArn}/access-policies/{policyArn}": (asked) => {
    const held = existing(asked);
    const rest = held.policies.filter(({ policyArn }) => policyArn !== asked.path.policyArn);
    if (rest.length === held.policies.length) {
      throw new EksError(
        "ResourceNotFoundException",
        `The policy ${asked.path.policyArn} is not associated with the access entry`,
      );
    }
    held.policies = rest;
    return {};
  },
};

/** Lets the creator of a cluster in as its administrator. */
export function bootstrapEntry(record: ClusterRecord, place: Place, caller: string): void {
  const session = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(caller);
  const principal = session ? `arn:${session[1]}:iam::${session[2]}:role/${session[3]}` : caller;
  const time = now();
  record.accessEntries[principal] = {
    entry: entryOf(record, place, principal, "STANDARD", {}),
    policies: [
      {
        policyArn: policyArnOf(partitionOf(place.region), "AmazonEKSClusterAdminPolicy"),
        accessScope: { type: "cluster", namespaces: [] },
        associatedAt: time,
        modifiedAt: time,
      },
    ],
  };
}

/** Lets the role of nodes in, which EKS does itself for managed node groups and Fargate profiles. */
export function letNodesIn(record: ClusterRecord, place: Place, roleArn: string, type: string): void {
  if (record.cluster.accessConfig.authenticationMode === "CONFIG_MAP") return;
  record.accessEntries[roleArn] ??= { entry: entryOf(record, place, roleArn, type, {}), policies: [] };
}

function entryOf(
  { cluster }: ClusterRecord,
  place: Place,
  principalArn: string,
  type: string,
  tags: Record<string, string>,
): AccessEntry {
  const [, account = "", kind = "user", name = "root"] = PRINCIPAL.exec(principalArn) ?? [];
  const partition = partitionOf(place.region);
  const own =
    kind === "role" ? `arn:${partition}:sts::${account}:assumed-role/${name}/{{SessionName}}` : principalArn;
  const time = now();
  return {
    clusterName: cluster.name,
    principalArn,
    kubernetesGroups: TYPES[type]?.groups ?? [],
    accessEntryArn: arnOf(place, `access-entry/${cluster.name}/${kind}/${account}/${name}/${randomUUID()}`),
    createdAt: time,
    modifiedAt: time,
    tags,
    username: TYPES[type]?.username ?? own,
    type,
  };
}

/** Only people choose their names; nodes have those that Kubernetes asks for. */
function requireOwnNames(input: Input, type: string): void {
  const username = optionalText(input, "username");
  const groups = listOf(input, "kubernetesGroups");
  if (type !== "STANDARD" && (username !== undefined || groups.length > 0)) {
    throw new EksError(
      "InvalidRequestException",
      `username and kubernetesGroups cannot be given for an access entry of type ${type}`,
    );
  }
  const group = groups.find((one) => RESERVED.test(one));
  if (group !== undefined) {
    throw invalid(
      `The kubernetes group name ${group} is invalid, it cannot start with ${RESERVED.exec(group)?.[0]}`,
    );
  }
  if (username !== undefined && RESERVED.test(username)) {
    throw invalid(
      `The username ${username} is invalid, it cannot start with ${RESERVED.exec(username)?.[0]}`,
    );
  }
  if (username?.includes("{{SessionName}}") && !/:.*\{\{SessionName\}\}/.test(username)) {
    throw invalid("The username must have a colon before {{SessionName}}");
  }
}

function namesOf(input: Input): Partial<AccessEntry> {
  const username = optionalText(input, "username");
  return {
    ...(username === undefined || username === "" ? {} : { username }),
    ...(input.kubernetesGroups === undefined ? {} : { kubernetesGroups: listOf(input, "kubernetesGroups") }),
  };
}

function scopeOf(input: Input): AssociatedPolicy["accessScope"] {
  const scope = objectOf(input, "accessScope") ?? {};
  const type = choiceOf(scope, "type", ["cluster", "namespace"]);
  const namespaces = listOf(scope, "namespaces");
  if (type === "cluster" && namespaces.length > 0) {
    throw invalid("The access scope of type cluster cannot have namespaces");
  }
  if (type === "namespace" && namespaces.length === 0) {
    throw invalid("The access scope of type namespace must have at least one namespace");
  }
  return { type, namespaces };
}

/** A cluster that keeps access entries. */
function managed(record: ClusterRecord): ClusterRecord {
  if (record.cluster.accessConfig.authenticationMode !== "CONFIG_MAP") return record;
  throw new EksError(
    "InvalidRequestException",
    "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
    about(record.cluster),
  );
}

function existing(asked: Asked): ClusterRecord["accessEntries"][string] {
  const record = managed(clusterOf(asked));
  const entry = held(record.accessEntries, asked.path.principalArn ?? "");
  if (entry) return entry;
  throw new EksError(
    "ResourceNotFoundException",
    "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.",
    about(record.cluster),
  );
}
