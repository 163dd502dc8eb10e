import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { policyDocument, SynthError } from "@groundplan/modules/core";
import { IrsaRole, requireTrustConditions } from "@groundplan/modules/identity";
import { App, TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import { addStacks } from "../../../stacks";
import { environments, platform } from "../../platform";
import { IRSA } from "./roles";

const OPEN = {
  Effect: "Allow",
  Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
  Action: "sts:AssumeRoleWithWebIdentity",
} as const;

/** What the synth of a stack with the rule says; empty when it passes. */
function said(make: (scope: Construct) => void, hclOutput = false): string {
  const app = new App({ outdir: Testing.app().outdir, hclOutput });
  const stack = new TerraformStack(app, "dev-api");
  requireTrustConditions(stack);
  make(stack);
  try {
    stack.prepareStack();
    Testing.synth(stack);
    return "";
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
}

test("roles with conditions pass", () => {
  expect(said((scope) => void new IrsaRole(scope, "api", IRSA))).toBe("");
});

test.each([false, true])("every open role of a stack is named with its path, HCL %s", (hcl) => {
  const message = said((scope) => {
    new IamRole(scope, "deploy", { assumeRolePolicy: policyDocument([OPEN]) });
    new IamRole(scope, "plan", { assumeRolePolicy: JSON.stringify({ Statement: [OPEN] }) });
  }, hcl);
  expect(message).toMatch(
    /^role "deploy": its trust has no condition on "sub" of .*githubusercontent.com\n {2}at dev-api\/deploy\n/,
  );
  expect(message).toContain("at dev-api/plan\n");
});

test("a condition key with a reference in it counts, one without the key does not", () => {
  const oidcIssuer = "$" + '{replace(aws_eks_cluster.c.identity[0].oidc[0].issuer, "https://", "")}';
  expect(said((scope) => void new IrsaRole(scope, "api", { ...IRSA, oidcIssuer }))).toBe("");
});

test("a trust that Terraform reads from elsewhere is not judged", () => {
  const assumeRolePolicy = "$" + "{data.aws_iam_policy_document.trust.json}";
  expect(said((scope) => void new IamRole(scope, "other", { assumeRolePolicy }))).toBe("");
});

test("every stack of the app is looked through, whoever wrote it", () => {
  const app = new App({ outdir: Testing.app().outdir });
  addStacks(app, platform, environments);
  const stacks = app.node.children.filter((node) => TerraformStack.isStack(node));
  expect(stacks.length).toBeGreaterThan(3 * environments.length);
  for (const stack of stacks) {
    new IamRole(stack, "planted", { assumeRolePolicy: policyDocument([OPEN]) });
    expect(() => Testing.synth(stack)).toThrow(`at ${stack.node.id}/planted`);
  }
});
