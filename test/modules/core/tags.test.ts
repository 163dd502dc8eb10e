import { Eip } from "@cdktf/provider-aws/lib/eip";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { tagAll } from "@groundplan/modules/core";
import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Construct } from "constructs";

/** The tags of each resource of a stack, by type. */
function tagsOf(make: (stack: TerraformStack) => void): Readonly<Record<string, unknown>> {
  const stack = new TerraformStack(Testing.app(), "stack");
  make(stack);
  const { resource } = JSON.parse(Testing.synth(stack)) as {
    resource: Record<string, Record<string, { tags?: unknown }>>;
  };
  return Object.fromEntries(
    Object.entries(resource).map(([type, made]) => [type, Object.values(made).map(({ tags }) => tags)[0]]),
  );
}

test("every taggable resource below is tagged, and nothing else", () => {
  const tags = tagsOf((stack) => {
    new S3Bucket(new Construct(stack, "deep"), "bucket");
    new IamRolePolicy(stack, "policy", { role: "r", policy: "{}" });
    tagAll(stack, { Team: "platform" });
  });
  expect(tags).toEqual({ aws_s3_bucket: { Team: "platform" }, aws_iam_role_policy: undefined });
});

test("what a resource says itself wins, key by key", () => {
  const tags = tagsOf((stack) => {
    new S3Bucket(stack, "bucket", { tags: { Name: "state", Team: "storage" } });
    tagAll(stack, { Team: "platform", Stack: "s" });
  });
  expect(tags.aws_s3_bucket).toEqual({ Name: "state", Team: "storage", Stack: "s" });
});

test("the nearer scope wins over the outer one, whichever was added first", () => {
  for (const order of [0, 1]) {
    const tags = tagsOf((stack) => {
      const near = new Construct(stack, "near");
      new S3Bucket(near, "bucket", { tags: { Name: "own" } });
      new Eip(stack, "eip");
      const steps = [
        () => tagAll(stack, { Team: "outer", Name: "outer" }),
        () => tagAll(near, { Team: "near" }),
      ];
      for (const step of order === 0 ? steps : steps.reverse()) step();
    });
    expect(tags).toEqual({
      aws_s3_bucket: { Name: "own", Team: "near" },
      aws_eip: { Team: "outer", Name: "outer" },
    });
  }
});

test("tags that are known only to Terraform are merged by Terraform", () => {
  const tags = tagsOf((stack) => {
    const variable = new TerraformVariable(stack, "tags", { type: "map(string)" });
    new S3Bucket(stack, "bucket", { tags: variable.value });
    tagAll(stack, { Team: "platform" });
  });
  expect(tags.aws_s3_bucket).toBe(`\${merge({"Team" = "platform"}, var.tags)}`);
});
