import {
  GetResourcesCommand,
  type GetResourcesCommandOutput,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { type Static, Type } from "@sinclair/typebox";
import { unreachable } from "../aws/errors";
import type { StandingResource } from "./terraform";

/** Tag of everything that belongs to a preview, and the one that says to which. */
export const MANAGED_TAG = "idp:managed";
export const ENVIRONMENT_TAG = "idp:environment";

/** What a destroy ends with: what was there, what is gone, and what AWS still lists by the preview's tag. */
export const RECEIPT = Type.Object({
  name: Type.String(),
  destroyedAt: Type.String(),
  by: Type.String(),
  resources: Type.Array(
    Type.Object({ address: Type.String(), type: Type.String(), id: Type.Optional(Type.String()) }),
  ),
  images: Type.Array(Type.String()),
  left: Type.Array(Type.String(), {
    description: "ARNs that AWS still lists by the tag: nothing, when all is well",
  }),
});

/** One of them. */
export type Receipt = Static<typeof RECEIPT>;

/** Makes a receipt. @param left - ARNs. */
export function receiptOf(
  name: string,
  by: string,
  {
    resources,
    images,
    left,
  }: {
    readonly resources: readonly StandingResource[];
    readonly images: readonly string[];
    readonly left: readonly string[];
  },
): Receipt {
  return {
    name,
    destroyedAt: new Date().toISOString(),
    by,
    resources: resources.map(({ address, type, id }) => ({
      address,
      type,
      ...(id === undefined ? {} : { id }),
    })),
    images: [...images],
    left: [...left],
  };
}

/**
 * What AWS lists by the tags of previews: ARNs, by the name of the preview. A thousand previews are some pages.
 *
 * @param name - of one preview alone.
 */
export async function taggedResources(
  region: string,
  name?: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const tagging = new ResourceGroupsTaggingAPIClient({ region });
  const found = new Map<string, string[]>();
  let token: string | undefined;
  try {
    do {
      const page: GetResourcesCommandOutput = await tagging.send(
        new GetResourcesCommand({
          TagFilters: [
            { Key: MANAGED_TAG, Values: ["true"] },
            { Key: ENVIRONMENT_TAG, ...(name === undefined ? {} : { Values: [name] }) },
          ],
          ResourcesPerPage: 100,
          ...(token ? { PaginationToken: token } : {}),
        }),
      );
      for (const { ResourceARN: arn, Tags = [] } of page.ResourceTagMappingList ?? []) {
        const of = Tags.find(({ Key }) => Key === ENVIRONMENT_TAG)?.Value;
        if (arn === undefined || of === undefined || (name !== undefined && of !== name)) continue;
        found.set(of, [...(found.get(of) ?? []), arn]);
      }
      token = page.PaginationToken || undefined;
    } while (token !== undefined);
    return await withoutDeleted(region, found);
  } catch (error) {
    throw unreachable(error);
  }
}

/**
 * AWS lists a NAT gateway with its tags for an hour after it was deleted: EC2 says which of them there are.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html
 */
async function withoutDeleted(
  region: string,
  found: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const gatewayOf = (arn: string) => /:natgateway\/(nat-\w+)$/.exec(arn)?.[1];
  const ids = [...found.values()].flat().flatMap((arn) => gatewayOf(arn) ?? []);
  if (ids.length === 0) return found;
  // The largest of AWS's clients: only what had a network of its own needs it.
  const { EC2Client, paginateDescribeNatGateways } = await import("@aws-sdk/client-ec2");
  const there = new Set<string>();
  const pages = paginateDescribeNatGateways(
    { client: new EC2Client({ region }) },
    { Filter: [{ Name: "state", Values: ["pending", "available", "deleting"] }] },
  );
  for await (const { NatGateways = [] } of pages)
    for (const { NatGatewayId: id } of NatGateways) if (id !== undefined) there.add(id);
  const isThere = (arn: string) => {
    const id = gatewayOf(arn);
    return id === undefined || there.has(id);
  };
  const rest = [...found].map(([name, arns]) => [name, arns.filter(isThere)] as const);
  return new Map(rest.filter(([, arns]) => arns.length > 0));
}

/** Whether what is listed still costs or holds a name: ECS lists task definitions for good that nobody can run any more. */
export function isLeft(arn: string): boolean {
  return !/:ecs:[^:]*:[^:]*:task-definition\//.test(arn);
}
