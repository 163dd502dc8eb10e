import { awsProvider } from "@groundplan/modules/core";
import { Repository, type RepositoryProps } from "@groundplan/modules/registry";
import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Synthesized, synthesized } from "../network/synthesized";

const VALID: RepositoryProps = { repositoryName: "groundplan/dev/api", region: "us-east-1" };

function repositoryWith(change: Partial<RepositoryProps> = {}): Synthesized {
  return synthesized((scope) => new Repository(scope, "api", { ...VALID, ...change }));
}

test("immutable, scanned, kept from destruction, with a lifecycle, and no policy", () => {
  const stack = repositoryWith();
  expect(stack.one("aws_ecr_repository")).toMatchObject({
    name: "groundplan/dev/api",
    image_tag_mutability: "IMMUTABLE",
    image_scanning_configuration: { scan_on_push: true },
    encryption_configuration: [{ encryption_type: "AES256" }],
    force_delete: false,
  });
  const lifecycle = JSON.parse(String(stack.one("aws_ecr_lifecycle_policy").policy));
  expect(lifecycle.rules.map(({ selection }: { selection: object }) => selection)).toMatchObject([
    { tagStatus: "untagged", countNumber: 7 },
    { tagPrefixList: ["pinned-"], countNumber: 30 },
    { tagPrefixList: ["v"], countNumber: 30 },
    { tagPrefixList: ["release"], countNumber: 30 },
    { tagPrefixList: ["main"], countNumber: 30 },
    { tagPrefixList: ["develop"], countNumber: 30 },
    { tagPatternList: ["*"], countNumber: 30 },
  ]);
  expect(stack.paths("aws_ecr_repository_policy")).toEqual([]);
});

test("every setting reaches the repository", () => {
  const stack = repositoryWith({
    tagMutability: "MUTABLE",
    scanOnPush: false,
    kmsKeyArn: "arn:key",
    forceDelete: true,
    retention: { maxImages: 1 },
  });
  expect(stack.one("aws_ecr_repository")).toMatchObject({
    image_tag_mutability: "MUTABLE",
    image_scanning_configuration: { scan_on_push: false },
    encryption_configuration: [{ encryption_type: "KMS", kms_key: "arn:key" }],
    force_delete: true,
  });
  expect(stack.one("aws_ecr_lifecycle_policy").policy).toContain('"countNumber":1}');
});

const PROVIDER = { region: "us-east-1", account: "123456789012" };

test("some tags may move where every version of the provider can say so", () => {
  const stack = synthesized((scope) => {
    awsProvider(scope, { ...PROVIDER, versions: "^6.8.0" });
    new Repository(scope, "api", { ...VALID, mutableTags: ["latest", "dev-*"] });
  });
  expect(stack.one("aws_ecr_repository")).toMatchObject({
    image_tag_mutability: "IMMUTABLE_WITH_EXCLUSION",
    image_tag_mutability_exclusion_filter: [
      { filter: "latest", filter_type: "WILDCARD" },
      { filter: "dev-*", filter_type: "WILDCARD" },
    ],
  });
  expect(repositoryWith().one("aws_ecr_repository")).not.toHaveProperty(
    "image_tag_mutability_exclusion_filter",
  );
});

test.each<[string, Partial<RepositoryProps>, string | undefined, RegExp]>([
  ["the oldest provider", {}, undefined, /AWS providers before 6.8.0 know only all tags or none/],
  ["any provider of 6", {}, "6.x", /AWS providers before 6.8.0/],
  ["tags that all move", { tagMutability: "MUTABLE" }, "6.8.x", /every tag may move/],
  ["six tags", { mutableTags: ["a", "b", "c", "d", "e", "f"] }, "6.8.x", /mutableTags has 6/],
  ["every tag", { mutableTags: ["*"] }, "6.8.x", /mutableTags has "\*"/],
  ["three stars", { mutableTags: ["*a*b*"] }, "6.8.x", /mutableTags has "\*a\*b\*"/],
  ["a tag that is none", { mutableTags: ["a/b"] }, "6.8.x", /mutableTags has "a\/b"/],
])("planted fault: %s", (_, change, versions, message) => {
  const make = (own: Partial<RepositoryProps>, choice?: string) => () =>
    synthesized((scope) => {
      awsProvider(scope, { ...PROVIDER, versions: choice });
      new Repository(scope, "api", { ...VALID, mutableTags: ["latest"], ...own });
    });
  expect(make({}, "6.8.x")).not.toThrow();
  expect(make(change, versions)).toThrow(message);
});

test("several grants gather in one policy", () => {
  const stack = new TerraformStack(Testing.app(), "dev-registry");
  const repository = new Repository(stack, "api", VALID);
  repository.grantPull({ account: "111111111111" });
  repository.grantPush({ arn: "arn:aws:iam::222222222222:role/deploy" });
  repository.grantPull({
    service: "lambda.amazonaws.com",
    sourceArn: "arn:aws:lambda:us-east-1:111111111111:function:*",
  });
  const made = new Synthesized(stack);
  const policy = JSON.parse(String(made.one("aws_ecr_repository_policy").policy));
  expect(policy.Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual(["Pull", "PullService1", "Push"]);
  expect(made.one("aws_ecr_repository_policy").repository).toContain("aws_ecr_repository.api_repository");
});

test("a grantee that is none is refused at the repository", () => {
  const stack = new TerraformStack(Testing.app(), "dev-registry");
  const repository = new Repository(stack, "api", VALID);
  expect(() => repository.grantPush({ arn: "*" })).toThrow(
    'grantee "*" is not the ARN of a role or a user\n  at dev-registry/api\n  use e.g. arn:aws:iam::',
  );
  expect(new Synthesized(stack).paths("aws_ecr_repository_policy")).toEqual([]);
});

test("the faults of the name and the retention come at once; a token is not judged", () => {
  expect(() => repositoryWith({ repositoryName: "Api", retention: { untaggedDays: 0 } })).toThrow(
    /ECR repository name "Api" may hold only.*untaggedDays is 0/s,
  );
  const made = synthesized((scope) => {
    const name = new TerraformVariable(scope, "name", {}).stringValue;
    new Repository(scope, "api", { ...VALID, repositoryName: name });
  });
  expect(made.one("aws_ecr_repository").name).toBe(`\${var.name}`);
});
