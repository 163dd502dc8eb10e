import { type Emulator, startEmulator } from "../../../emulator";
import { Configuration, comesAndGoes } from "../../configuration";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(async () => emulator?.stop());

const LIFECYCLE = {
  rules: [
    {
      rulePriority: 1,
      description: "keep the last 20 releases",
      selection: {
        tagStatus: "tagged",
        tagPrefixList: ["v"],
        countType: "imageCountMoreThan",
        countNumber: 20,
      },
      action: { type: "expire" },
    },
    {
      rulePriority: 2,
      description: "untagged go after 7 days",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 },
      action: { type: "expire" },
    },
  ],
};

const POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Pull",
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    },
  ],
};

const assume = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

test("a registry with everything: applied, no second change, destroyed", async () => {
  await comesAndGoes(emulator, {
    aws_kms_key: { images: { description: "images", enable_key_rotation: true, deletion_window_in_days: 7 } },
    aws_ecr_repository: {
      api: {
        name: "dev/api",
        image_tag_mutability: "IMMUTABLE",
        force_delete: true,
        image_scanning_configuration: { scan_on_push: true },
        encryption_configuration: { encryption_type: "KMS", kms_key: "${aws_kms_key.images.arn}" },
        tags: { Name: "dev/api" },
      },
      web: { name: "dev/web", image_tag_mutability: "MUTABLE", tags: { Name: "dev/web" } },
    },
    aws_ecr_lifecycle_policy: {
      api: { repository: "${aws_ecr_repository.api.name}", policy: JSON.stringify(LIFECYCLE) },
    },
    aws_ecr_repository_policy: {
      api: { repository: "${aws_ecr_repository.api.name}", policy: JSON.stringify(POLICY) },
    },
    aws_ecr_registry_policy: {
      registry: {
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Replicate",
              Effect: "Allow",
              Principal: { AWS: "arn:aws:iam::210987654321:root" },
              Action: ["ecr:ReplicateImage"],
              Resource: "arn:aws:ecr:us-east-1:123456789012:repository/*",
            },
          ],
        }),
      },
    },
    aws_ecr_registry_scanning_configuration: {
      registry: {
        scan_type: "BASIC",
        rule: [
          { scan_frequency: "SCAN_ON_PUSH", repository_filter: [{ filter: "*", filter_type: "WILDCARD" }] },
        ],
      },
    },
    aws_ecr_replication_configuration: {
      registry: {
        replication_configuration: {
          rule: { destination: { region: "eu-central-1", registry_id: "123456789012" } },
        },
      },
    },
    aws_iam_role: { creator: { name: "cache-creator", assume_role_policy: assume("ecr.amazonaws.com") } },
    aws_ecr_pull_through_cache_rule: {
      public: { ecr_repository_prefix: "dev/public", upstream_registry_url: "public.ecr.aws" },
      kubernetes: { ecr_repository_prefix: "dev/k8s", upstream_registry_url: "registry.k8s.io" },
      hub: {
        ecr_repository_prefix: "dev/hub",
        upstream_registry_url: "registry-1.docker.io",
        credential_arn: "${aws_secretsmanager_secret.hub.arn}",
      },
    },
    aws_secretsmanager_secret: { hub: { name: "ecr-pullthroughcache/hub", recovery_window_in_days: 0 } },
    aws_ecr_repository_creation_template: {
      public: {
        prefix: "dev/public",
        description: "cached images",
        applied_for: ["PULL_THROUGH_CACHE"],
        image_tag_mutability: "MUTABLE",
        encryption_configuration: { encryption_type: "KMS", kms_key: "${aws_kms_key.images.arn}" },
        lifecycle_policy: JSON.stringify(LIFECYCLE),
        repository_policy: JSON.stringify(POLICY),
        resource_tags: { Environment: "dev" },
        custom_role_arn: "${aws_iam_role.creator.arn}",
      },
      rest: { prefix: "ROOT", applied_for: ["REPLICATION", "PULL_THROUGH_CACHE"] },
    },
  });
});

test("a changed rule and template are updated in place", async () => {
  const configuration = new Configuration(emulator.environment, emulator.provider);
  const resources = (secret: string, description: string) => ({
    aws_secretsmanager_secret: {
      one: { name: "ecr-pullthroughcache/one", recovery_window_in_days: 0 },
      two: { name: "ecr-pullthroughcache/two", recovery_window_in_days: 0 },
    },
    aws_ecr_pull_through_cache_rule: {
      hub: {
        ecr_repository_prefix: "in-place",
        upstream_registry_url: "ghcr.io",
        credential_arn: `\${aws_secretsmanager_secret.${secret}.arn}`,
      },
    },
    aws_ecr_repository_creation_template: {
      hub: { prefix: "in-place", applied_for: ["PULL_THROUGH_CACHE"], description },
    },
  });
  try {
    await configuration.use(resources("one", "first"));
    await configuration.apply();
    await configuration.use(resources("two", "second"));
    expect(await configuration.apply()).toContain("0 added, 2 changed, 0 destroyed");
    expect((await configuration.plan()).code).toBe(0);
    await configuration.destroy();
  } finally {
    configuration.remove();
  }
});

test("planted fault: an upstream that ECR does not cache is refused at once, as AWS refuses it", async () => {
  const configuration = new Configuration(emulator.environment, emulator.provider);
  try {
    await configuration.use({
      aws_ecr_pull_through_cache_rule: {
        no: { ecr_repository_prefix: "no", upstream_registry_url: "example.com" },
      },
    });
    const { code, output } = await configuration.run("apply", "-auto-approve");
    expect(code).toBe(1);
    expect(output).toContain("UnsupportedUpstreamRegistryException");
  } finally {
    configuration.remove();
  }
});
