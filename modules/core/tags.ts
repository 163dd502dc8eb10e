import { Aspects, type IAspect, TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";

/** AWS tags: at most 50 a resource, keys up to 128 and values up to 256 characters. */
export type Tags = Readonly<Record<string, string>>;

/** A resource whose bindings have a `tags` map. */
interface TaggableResource extends TerraformResource {
  tags: Record<string, string>;
  readonly tagsInput?: Record<string, string>;
}

function isTaggable(node: IConstruct): node is TaggableResource {
  return TerraformResource.isTerraformResource(node) && "tagsInput" in node;
}

/** Key in a scope's Aspects where the tags of the resource itself win over those of the scope. */
class TagAspect implements IAspect {
  constructor(private readonly tags: Tags) {}

  visit(node: IConstruct): void {
    if (!isTaggable(node)) return;
    node.tags = { ...this.tags, ...node.tagsInput };
  }
}

/**
 * Tags every taggable resource below a scope; what a resource says itself wins, key by key.
 *
 * Written as an Aspect and not as the provider's `default_tags`, so that a plan shows the tags of
 * each resource where they are read, and copies that AWS makes (volumes of a launch template) agree.
 *
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
 */
export function tagAll(scope: IConstruct, tags: Tags): void {
  Aspects.of(scope).add(new TagAspect(tags));
}
