import { Aspects, Fn, type IAspect, TerraformResource, Token } from "cdktf";
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

/** What a resource said itself, kept from before the first Aspect wrote to it. */
const ownTags = new WeakMap<TaggableResource, Record<string, string>>();

class TagAspect implements IAspect {
  constructor(private readonly tags: Tags) {}

  visit(node: IConstruct): void {
    if (!isTaggable(node)) return;
    const own = ownTags.get(node) ?? node.tagsInput ?? {};
    const inherited = ownTags.has(node) ? node.tagsInput : {};
    ownTags.set(node, own);
    // Aspects of outer scopes come first, so what is inherited by now is overwritten by the nearer scope.
    const scoped = { ...inherited, ...this.tags };
    node.tags = Token.isUnresolved(own) ? Token.asStringMap(Fn.merge([scoped, own])) : { ...scoped, ...own };
  }
}

/**
 * Tags every taggable resource below a scope. The nearer scope wins, and what a resource says itself
 * wins over every scope, key by key.
 *
 * Written as an Aspect and not as the provider's `default_tags`, so that a plan shows the tags of
 * each resource where they are read, and what AWS copies (volumes of a launch template) agrees.
 *
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
 */
export function tagAll(scope: IConstruct, tags: Tags): void {
  Aspects.of(scope).add(new TagAspect(tags));
}
