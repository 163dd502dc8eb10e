import { EcrError } from "./error";
import { given, listOf, now, textOf } from "./input";
import type { Item, Items, Operation } from "./operation";

/** A repository's name, or `ROOT` for every repository without a template of its own. */
const PREFIX = /^(?:ROOT|(?=.{1,256}$)[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*\/?)$/;

const SETTINGS = [
  "description",
  "encryptionConfiguration",
  "resourceTags",
  "imageTagMutability",
  "imageTagMutabilityExclusionFilters",
  "repositoryPolicy",
  "lifecyclePolicy",
  "appliedFor",
  "customRoleArn",
];

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RepositoryCreationTemplate.html */
export const creationTemplates: Readonly<Record<string, Operation>> = {
  CreateRepositoryCreationTemplate(input, items, { account }) {
    const prefix = textOf(input, "prefix", PREFIX);
    if (!listOf(input, "appliedFor")?.length) {
      throw new EcrError(
        "InvalidParameterException",
        "Invalid parameter at 'appliedFor': at least one value is required",
      );
    }
    if (items.get(prefix)) {
      throw new EcrError(
        "TemplateAlreadyExistsException",
        `A repository creation template with prefix '${prefix}' already exists`,
      );
    }
    const template = {
      prefix,
      encryptionConfiguration: { encryptionType: "AES256" },
      imageTagMutability: "MUTABLE",
      ...given(input, SETTINGS),
      createdAt: now(),
      updatedAt: now(),
    };
    needRole(template);
    items.put(prefix, template);
    return { registryId: account, repositoryCreationTemplate: template };
  },

  DescribeRepositoryCreationTemplates(input, items, { account }) {
    const prefixes = listOf(input, "prefixes");
    const repositoryCreationTemplates = prefixes
      ? prefixes.map((prefix) => existing(items, prefix))
      : items.all();
    return { registryId: account, repositoryCreationTemplates };
  },

  UpdateRepositoryCreationTemplate(input, items, { account }) {
    const prefix = textOf(input, "prefix", PREFIX);
    const template = { ...existing(items, prefix), ...given(input, SETTINGS), updatedAt: now() };
    needRole(template);
    items.put(prefix, template);
    return { registryId: account, repositoryCreationTemplate: template };
  },

  DeleteRepositoryCreationTemplate(input, items, { account }) {
    const prefix = textOf(input, "prefix", PREFIX);
    const template = existing(items, prefix);
    items.remove(prefix);
    return { registryId: account, repositoryCreationTemplate: template };
  },
};

/** A template with tags or a KMS key needs a role by which ECR makes the repositories. */
function needRole(template: Item): void {
  const tags = Array.isArray(template.resourceTags) && template.resourceTags.length > 0;
  const { encryptionType } = template.encryptionConfiguration as { encryptionType?: string };
  if ((!tags && encryptionType !== "KMS") || template.customRoleArn !== undefined) return;
  throw new EcrError(
    "InvalidParameterException",
    "A custom role is required for resource tags and for KMS encryption",
  );
}

function existing(items: Items, prefix: string): Item {
  const template = items.get(prefix);
  if (template) return template;
  throw new EcrError(
    "TemplateNotFoundException",
    `The repository creation template with prefix '${prefix}' was not found`,
  );
}
