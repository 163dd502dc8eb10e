import { EksError, invalid } from "./error";
import { type Input, mapOf } from "./input";
import type { Asked, Operation } from "./operation";
import type { Resource } from "./state";

/** Tags of one resource. */
const MOST = 50;

/** The tags that a request gives. @throws EksError for those that AWS keeps for itself, and for too many. */
export function tagsOf(input: Input): Record<string, string> {
  const tags = mapOf(input, "tags");
  const fault = faultOf(tags);
  if (fault !== undefined) throw invalid(fault);
  return tags;
}

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_TagResource.html */
export const tags: Readonly<Record<string, Operation>> = {
  "GET /tags/{resourceArn}": (asked) => ({ tags: tagged(asked).tags }),

  "POST /tags/{resourceArn}": (asked) => {
    const resource = tagged(asked);
    const all = { ...(resource.tags as object), ...mapOf(asked.input, "tags") };
    const fault = faultOf(all);
    if (fault !== undefined) throw new EksError("BadRequestException", fault);
    resource.tags = all;
    return {};
  },

  "DELETE /tags/{resourceArn}": (asked) => {
    const resource = tagged(asked);
    const gone = new Set(asked.query.getAll("tagKeys"));
    const all = Object.entries(resource.tags as Record<string, string>);
    resource.tags = Object.fromEntries(all.filter(([key]) => !gone.has(key)));
    return {};
  },
};

function faultOf(all: Readonly<Record<string, string>>): string | undefined {
  const keys = Object.keys(all);
  const reserved = keys.find((key) => /^aws:/i.test(key));
  if (reserved !== undefined) return `tag key ${reserved} is invalid: the prefix aws: is reserved`;
  const long = keys.find((key) => key.length > 128 || (all[key] ?? "").length > 256);
  if (long !== undefined) return `tag ${long} is invalid: 128 characters of key and 256 of value at the most`;
  return keys.length > MOST ? `a resource has ${MOST} tags at the most, not ${keys.length}` : undefined;
}

/** The resource that an ARN names. */
function tagged({ path, clusters }: Asked): Resource {
  const arn = path.resourceArn ?? "";
  for (const record of Object.values(clusters)) {
    const resources: Resource[] = [
      record.cluster,
      ...Object.values(record.nodegroups),
      ...Object.values(record.fargateProfiles),
      ...Object.values(record.addons),
      ...Object.values(record.podIdentities),
      ...Object.values(record.identityProviders),
      ...Object.values(record.accessEntries).map(({ entry }) => entry),
    ];
    const found = resources.find((resource) => ARNS.some((key) => resource[key] === arn));
    if (found) return found;
  }
  throw new EksError("NotFoundException", `No resource found for ARN: ${arn}`);
}

/** What each kind of resource calls its own ARN. */
const ARNS = [
  "arn",
  "nodegroupArn",
  "fargateProfileArn",
  "addonArn",
  "associationArn",
  "identityProviderConfigArn",
  "accessEntryArn",
];
