import { invalid } from "./error";
import { type Input, objectsOf, textOf, textsOf } from "./input";
import type { Tag } from "./state";
import type { Operation, World } from "./world";

/** The tags that a request gives. */
export function tagsOf(input: Input): readonly Tag[] {
  return objectsOf(input, "tags").map((tag) => ({ key: textOf(tag, "key"), value: String(tag.value ?? "") }));
}

/** Keeps the tags of a new resource. */
export function putTags({ document }: World, arn: string, tags: readonly Tag[]): void {
  if (tags.length > 0) document.tags[arn] = tags;
  else delete document.tags[arn];
}

/** The tags of a resource, when a request includes them. */
export function includedTags({ document }: World, input: Input, arn: string): { tags?: readonly Tag[] } {
  return textsOf(input, "include").includes("TAGS") ? { tags: document.tags[arn] ?? [] } : {};
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TagResource.html */
export const tagOperations: Readonly<Record<string, Operation>> = {
  TagResource(input, world) {
    const arn = known(input, world);
    const added = tagsOf(input);
    const kept = (world.document.tags[arn] ?? []).filter((tag) => !added.some(({ key }) => key === tag.key));
    putTags(world, arn, [...kept, ...added]);
    return {};
  },

  UntagResource(input, world) {
    const arn = known(input, world);
    const keys = textsOf(input, "tagKeys");
    putTags(
      world,
      arn,
      (world.document.tags[arn] ?? []).filter(({ key }) => !keys.includes(key)),
    );
    return {};
  },

  ListTagsForResource: (input, world) => ({ tags: world.document.tags[known(input, world)] ?? [] }),
};

function known(input: Input, { document }: World): string {
  const arn = textOf(input, "resourceArn");
  const { clusters, services, tasks, taskDefinitions } = document;
  if ([clusters, services, tasks, taskDefinitions].some((table) => arn in table)) return arn;
  throw invalid("The specified resource does not exist. Specify a valid ARN and try again.");
}
