import { Registry, type RegistryProps } from "@groundplan/modules/registry";
import { TerraformStack, Testing } from "cdktf";
import { type Synthesized, synthesized } from "../network/synthesized";

const VALID: RegistryProps = {
  prefix: "groundplan/dev",
  account: "123456789012",
  region: "us-east-1",
  repositories: ["api", "frontend", "worker"],
};

function registryWith(change: Partial<RegistryProps> = {}): Synthesized {
  return synthesized((scope) => new Registry(scope, "registry", { ...VALID, ...change }));
}

test("a repository per name, each below the prefix", () => {
  const repositories = registryWith().all("aws_ecr_repository");
  expect(Object.entries(repositories).map(([path, { name }]) => [path, name])).toEqual([
    ["registry/repositories/api/repository", "groundplan/dev/api"],
    ["registry/repositories/frontend/repository", "groundplan/dev/frontend"],
    ["registry/repositories/worker/repository", "groundplan/dev/worker"],
  ]);
});

test("a repository that goes, comes or moves touches no other", () => {
  const before = registryWith().byAddress();
  const after = registryWith({ repositories: ["worker", "docs", "api"] }).byAddress();
  const kept = [...before].filter(([address]) => !address.includes("frontend"));
  expect(kept).toHaveLength(before.size - 2);
  for (const [address, resource] of kept) expect(after.get(address)).toEqual(resource);
});

test("a repository may have any name: that of the key, or with a slash", () => {
  const names = ["key", "key-alias", "repositories", "team/api", "team-api", "team.api"];
  expect(registryWith({ repositories: names }).paths("aws_ecr_repository")).toHaveLength(names.length);
});

test("an own key by default: rotated, administered by the account, used through ECR only", () => {
  const stack = registryWith();
  const key = stack.one("aws_kms_key");
  expect(key).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 30 });
  const [administration, use] = JSON.parse(String(key.policy)).Statement;
  expect(administration.Principal).toEqual({ AWS: "arn:aws:iam::123456789012:root" });
  expect(administration.Action).toContain("kms:Put*");
  expect(administration.Action.join()).not.toMatch(/kms:\*|Decrypt|Encrypt|GenerateDataKey|CreateGrant/);
  expect(use.Condition).toEqual({
    StringEquals: { "kms:CallerAccount": "123456789012", "kms:ViaService": "ecr.us-east-1.amazonaws.com" },
  });
  expect(use.Action).toEqual(
    expect.arrayContaining(["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"]),
  );
  expect(stack.one("aws_kms_alias").name).toBe("alias/groundplan/dev/registry");
  const arn = `\${${stack.address("aws_kms_key", "registry/key")}.arn}`;
  for (const repository of Object.values(stack.all("aws_ecr_repository"))) {
    expect(repository.encryption_configuration).toEqual([{ encryption_type: "KMS", kms_key: arn }]);
  }
});

test("a given key, and S3's own", () => {
  const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const given = registryWith({ encryption: { kmsKeyArn }, repositories: ["api"] });
  expect(given.one("aws_ecr_repository").encryption_configuration).toEqual([
    { encryption_type: "KMS", kms_key: kmsKeyArn },
  ]);
  const plain = registryWith({ encryption: "AES256", repositories: ["api"] });
  expect(plain.one("aws_ecr_repository").encryption_configuration).toEqual([{ encryption_type: "AES256" }]);
  expect([...given.paths("aws_kms_key"), ...plain.paths("aws_kms_key")]).toEqual([]);
});

test("the repositories share the settings", () => {
  const stack = registryWith({ tagMutability: "MUTABLE", forceDelete: true, retention: { maxImages: 3 } });
  for (const repository of Object.values(stack.all("aws_ecr_repository"))) {
    expect(repository).toMatchObject({ image_tag_mutability: "MUTABLE", force_delete: true });
  }
});

test("a repository is found by its name, and another's name is refused with those that there are", () => {
  const registry = new Registry(new TerraformStack(Testing.app(), "dev-registry"), "registry", VALID);
  expect(registry.repository("api")).toBe(registry.repositories.get("api"));
  expect(() => registry.repository("apo")).toThrow(
    'there is no repository "apo"\n  at dev-registry/registry\n  use one of "api", "frontend", "worker"',
  );
  const none = new Registry(new TerraformStack(Testing.app(), "s"), "registry", {
    ...VALID,
    repositories: [],
  });
  expect(() => none.repository("api")).toThrow("add it to repositories");
});

test.each<[Partial<RegistryProps>, string]>([
  [{ repositories: ["api", "api"] }, 'repository "api" is listed twice'],
  [{ repositories: ["Api"] }, 'ECR repository name "groundplan/dev/Api" may hold only'],
  [{ repositories: [""] }, 'ECR repository name "groundplan/dev/" may hold only'],
  [{ prefix: "/x" }, 'ECR repository name "/x/api" may hold only'],
  [{ account: "1" }, 'account "1" has not 12 digits'],
  [{ keyDeletionDays: 6 }, "keyDeletionDays is 6"],
  [{ keyDeletionDays: 31 }, "keyDeletionDays is 31"],
  [{ keyDeletionDays: 7.5 }, "keyDeletionDays is 7.5"],
  [{ retention: { maxImages: 0 } }, "maxImages is 0"],
  [{ encryption: { kmsKeyArn: "alias/x" } }, 'kmsKeyArn "alias/x" is not the ARN of a KMS key'],
])("%j is refused", (change, what) => {
  expect(() => registryWith(change)).toThrow(what);
});

test("the faults of all repositories come at once", () => {
  expect(() => registryWith({ repositories: ["A", "B", "ok", "ok"], keyDeletionDays: 1 })).toThrow(
    /dev\/A".*dev\/B".*"ok" is listed twice.*keyDeletionDays is 1/s,
  );
});
