import { randomBytes, randomUUID } from "node:crypto";
import type { Place } from "../../gateway/exchange";
import { EksError, invalid } from "./error";
import { flagOf, given, type Input, now, optionalText, textOf } from "./input";
import { type Asked, about, activeClusterOf, arnOf, clusterOf, type Operation, page } from "./operation";
import { roleNameOf } from "./roles";
import { type ClusterRecord, held, type Resource } from "./state";
import { tagsOf } from "./tags";

const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;

/** What a list tells of an association. */
const SUMMARY = ["clusterName", "namespace", "serviceAccount", "associationArn", "associationId", "ownerArn"];

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html */
export const podIdentities: Readonly<Record<string, Operation>> = {
  "POST /clusters/{name}/pod-identity-associations": async (asked) => {
    const record = activeClusterOf(asked);
    await requireKnownRole(asked, textOf(asked.input, "roleArn", ROLE));
    return { association: associate(record, asked.place, asked.input) };
  },

  "GET /clusters/{name}/pod-identity-associations": (asked) => {
    const { query } = asked;
    const namespace = query.get("namespace");
    const account = query.get("serviceAccount");
    const found = Object.values(clusterOf(asked).podIdentities)
      .filter((one) => namespace === null || one.namespace === namespace)
      .filter((one) => account === null || one.serviceAccount === account);
    const { items, ...next } = page(found, query);
    return { associations: items.map((one) => given(one, SUMMARY)), ...next };
  },

  "GET /clusters/{name}/pod-identity-associations/{associationId}": (asked) => ({
    association: existing(asked),
  }),

  "POST /clusters/{name}/pod-identity-associations/{associationId}": async (asked) => {
    const { input } = asked;
    const role = optionalText(input, "roleArn", ROLE);
    if (role !== undefined) await requireKnownRole(asked, role);
    const association = existing(asked);
    // An empty target takes the second role away.
    const target = optionalText(input, "targetRoleArn");
    Object.assign(association, {
      ...given(input, ["roleArn", "disableSessionTags", "policy"]),
      ...(target === undefined ? {} : targetOf(association, target)),
      modifiedAt: now(),
    });
    return { association };
  },

  "DELETE /clusters/{name}/pod-identity-associations/{associationId}": (asked) => {
    const association = existing(asked);
    delete clusterOf(asked).podIdentities[String(association.associationId)];
    return { association };
  },
};

/** Gives a service account a role. @param ownerArn - the add-on that it is for, if it is for one. */
export function associate(record: ClusterRecord, place: Place, input: Input, ownerArn?: string): Resource {
  const { cluster } = record;
  const namespace = textOf(input, "namespace", /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
  const serviceAccount = textOf(input, "serviceAccount", /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/);
  const taken = Object.values(record.podIdentities).find(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
  if (taken) {
    throw new EksError(
      "ResourceInUseException",
      `Association already exists: ${String(taken.associationId)}`,
      about(cluster),
    );
  }
  const associationId = `a-${BigInt(`0x${randomBytes(16).toString("hex")}`)
    .toString(36)
    .slice(0, 17)
    .padEnd(17, "0")}`;
  const target = optionalText(input, "targetRoleArn", ROLE);
  const association: Resource = {
    clusterName: cluster.name,
    namespace,
    serviceAccount,
    roleArn: textOf(input, "roleArn", ROLE),
    associationArn: arnOf(place, `podidentityassociation/${cluster.name}/${associationId}`),
    associationId,
    tags: tagsOf(input),
    createdAt: now(),
    modifiedAt: now(),
    disableSessionTags: flagOf(input, "disableSessionTags") ?? false,
    ...(target === undefined ? {} : targetOf({}, target)),
    ...given(input, ["policy"]),
    ...(ownerArn === undefined ? {} : { ownerArn }),
  };
  record.podIdentities[associationId] = association;
  return association;
}

/** A second role, which the first one takes on; EKS makes up the external id that its trust can ask for. */
function targetOf({ externalId }: Resource, target: string): Resource {
  if (target === "") return { targetRoleArn: undefined, externalId: undefined };
  return { targetRoleArn: target, externalId: externalId ?? randomUUID() };
}

async function requireKnownRole({ clients }: Asked, roleArn: string): Promise<void> {
  if ((await clients.trustOf(roleNameOf(roleArn))) !== undefined) return;
  throw invalid(`Role provided in the request does not exist: ${roleArn}`);
}

function existing(asked: Asked): Resource {
  const record = clusterOf(asked);
  const id = asked.path.associationId ?? "";
  const association = held(record.podIdentities, id);
  if (association) return association;
  throw new EksError(
    "ResourceNotFoundException",
    `No association found with ID: ${id}`,
    about(record.cluster),
  );
}
