import { clusterProviders } from "@groundplan/modules/gitops";
import { App, TerraformStack, Testing } from "cdktf";

const access = {
  name: "groundplan-dev",
  endpoint: "https://example.com",
  certificateAuthorityData: "Zm9v",
  region: "us-east-1",
  adminRoleArn: "arn:aws:iam::123456789012:role/admin",
};

const exec = {
  api_version: "client.authentication.k8s.io/v1beta1",
  command: "aws",
  args: [
    ...["eks", "get-token", "--output", "json", "--cluster-name", "groundplan-dev"],
    ...["--region", "us-east-1", "--role-arn", "arn:aws:iam::123456789012:role/admin"],
  ],
};

test("both providers ask aws eks get-token, and no token is written down", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  clusterProviders(stack, access);
  const { provider, terraform } = JSON.parse(Testing.synth(stack));
  const connection = { host: "https://example.com", cluster_ca_certificate: '${base64decode("Zm9v")}' };
  expect(provider.kubernetes).toEqual([{ ...connection, exec: [exec] }]);
  expect(provider.helm).toEqual([{ kubernetes: { ...connection, exec } }]);
  expect(terraform.required_providers).toMatchObject({
    helm: { version: ">= 3.1.0, < 4.0.0" },
    kubernetes: { version: ">= 2.38.0, < 4.0.0" },
  });
});

test("in HCL the Helm provider has an attribute, as its version 3 wants", () => {
  const stack = new TerraformStack(new App({ outdir: Testing.app().outdir, hclOutput: true }), "test");
  clusterProviders(stack, access);
  const { hcl } = stack.toHclTerraform();
  expect(hcl).toMatch(/provider "helm" \{\nkubernetes = /);
});
