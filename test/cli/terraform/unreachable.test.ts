import { failureOf as explained, type FailureProps } from "../../../cli/terraform/failure";

/** A failure without secrets. */
const failureOf = (what: string, output: string, where: string, props: Partial<FailureProps> = {}) =>
  explained(what, output, where, { mask: (text) => text, ...props });

import { unreachableOf } from "../../../cli/terraform/unreachable";
import { emulatedEndpoint } from "../emulated-endpoint";

/** What Terraform 1.11 and providers print. */
const PROVIDER_REGISTRY = `
Error: Failed to query available provider packages

Could not retrieve the list of available versions for provider
hashicorp/random: could not connect to registry.terraform.io: failed to
request discovery document: Get
"https://registry.terraform.io/.well-known/terraform.json": dial tcp: lookup
registry.terraform.io on 10.255.255.53:53: no such host
`;

const MODULE_REGISTRY = `
Error: Error accessing remote module registry

  on cdk.tf.json line 1, in module:
   1: {"module":{"vpc":{"source":"terraform-aws-modules/vpc/aws","version":"5.0.0"}}}

Failed to retrieve available versions for module "vpc" (cdk.tf.json:1) from
registry.terraform.io: failed to request discovery document: Get
"https://registry.terraform.io/.well-known/terraform.json": dial tcp: lookup
registry.terraform.io on 10.255.255.53:53: no such host.
`;

const MODULE_SOURCE = `
Error: Failed to download module

  on cdk.tf.json line 1, in module:

Could not download module "g" (cdk.tf.json:1) source code from
"git::https://git.example.invalid/a.git": error downloading
'https://git.example.invalid/a.git': /usr/bin/git exited with 128: Cloning
into '.terraform/modules/g'...
fatal: unable to access 'https://git.example.invalid/a.git/': Could not
resolve host: git.example.invalid
`;

const CHART = `
╷
│ Error: could not download chart: looks like "https://charts.example.invalid/stable" is not a valid chart repository or
│ cannot be reached: Get "https://charts.example.invalid/stable/index.yaml": dial tcp: lookup charts.example.invalid on
│ 10.255.255.53:53: no such host
│
│   with helm_release.argo-cd,
│   on cdk.tf.json line 40, in resource.helm_release.argo-cd:
╵`;

const BACKEND = `
Error: Failed to get existing workspaces: Unable to list objects in S3 bucket "b" with prefix "env:/": operation error S3: ListObjectsV2, https response error StatusCode: 0, RequestID: , HostID: , request send failed, Get "https://b.s3.eu-west-1.amazonaws.com/?list-type=2": dial tcp: lookup b.s3.eu-west-1.amazonaws.com on 10.255.255.53:53: no such host
`;

const ENDPOINT = `
Error: reading SSM Parameter (/x): operation error SSM: GetParameter, exceeded maximum number of attempts, 25, https response error StatusCode: 0, RequestID: , request send failed, Post "https://ssm.eu-west-1.amazonaws.com/": dial tcp 10.0.0.1:443: i/o timeout

  with data.aws_ssm_parameter.x,
`;

const EMULATOR = `
Error: reading SSM Parameter (/x): operation error SSM: GetParameter, request send failed, Post "http://127.0.0.1:4566/": dial tcp 127.0.0.1:4566: connect: connection refused
`;

const KUBERNETES = `
Error: Get "https://ABCD.gr7.eu-west-1.eks.amazonaws.com/api/v1/namespaces/shop": dial tcp 10.0.7.12:443: i/o timeout

  with kubernetes_namespace.shop,
`;

const PROXY = `
Error: Failed to query available provider packages

Could not retrieve the list of available versions for provider hashicorp/aws: could not connect to registry.terraform.io: failed to request discovery document: Get "https://registry.terraform.io/.well-known/terraform.json": proxyconnect tcp: dial tcp 10.1.1.1:3128: connect: connection refused
`;

emulatedEndpoint();

test.each([
  [
    "a provider registry",
    PROVIDER_REGISTRY,
    "the provider registry registry.terraform.io",
    /providers mirror/,
  ],
  ["a module registry", MODULE_REGISTRY, "the module registry https://registry.terraform.io", /`source`/],
  [
    "a module's source",
    MODULE_SOURCE,
    "the source of a module, https://git.example.invalid",
    /git's credentials/,
  ],
  ["a chart repository", CHART, "the chart repository https://charts.example.invalid/stable", /`repository`/],
  ["the backend", BACKEND, "the state's backend https://b.s3.eu-west-1.amazonaws.com", /region/],
  ["an endpoint of AWS", ENDPOINT, "https://ssm.eu-west-1.amazonaws.com", /Region/],
  ["the local AWS", EMULATOR, "http://127.0.0.1:4566", /npx groundplan local up/],
  ["a cluster", KUBERNETES, "the Kubernetes API https://ABCD.gr7.eu-west-1.eks.amazonaws.com", /VPN/],
  ["a proxy", PROXY, "the proxy 10.1.1.1:3128", /NO_PROXY/],
])("names %s, with advice that fits", (_, text, what, advice) => {
  const found = unreachableOf(text);

  expect(found?.what).toBe(what);
  expect(found?.advice.join("\n")).toMatch(advice);
  const { exitCode, message } = failureOf("init", text, "here");
  expect(exitCode).toBe(3);
  expect(message).toContain(`init: ${what} cannot be reached: `);
});

const STS = `
Error: Retrieving AWS account details: validating provider credentials: operation error STS: GetCallerIdentity, request send failed, Post "https://sts.eu-west-1.amazonaws.com/": dial tcp 10.0.0.1:443: i/o timeout
`;

test.each([
  [
    "the code that is shown",
    STS,
    `\n  on cdk.tf.json line 1, in provider.aws[0]:\n   1: {"terraform":{"backend":{"local":{"path":"a.tfstate"}}},"provider":{"aws":[{}]}}`,
  ],
  [
    "the address",
    STS,
    "\n  with module.chart-repository.aws_sqs_queue.backend,\n  on cdk.tf.json line 7, in resource.aws_sqs_queue.backend:",
  ],
  ["an object of AWS", STS.replace("account details", "SQS Queue (backend) of (shop-backend)"), ""],
])("a word in %s does not make it an error of the backend", (_, text, more) => {
  expect(unreachableOf(`${text}${more}`)?.what).toBe("https://sts.eu-west-1.amazonaws.com");
});

test("a provider of AWS is told by its address where the error has nothing else", () => {
  const text = `\nError: request failed: Post "https://vpce.example.com/": dial tcp 10.0.0.1:443: i/o timeout\n\n  with aws_sqs_queue.orders,\n`;
  expect(unreachableOf(text)?.advice.join("\n")).toContain("check the Region");
});

test("what is not on this machine is no matter of the local AWS", () => {
  for (const text of [
    PROVIDER_REGISTRY,
    MODULE_REGISTRY,
    MODULE_SOURCE,
    CHART,
    BACKEND,
    ENDPOINT,
    KUBERNETES,
    PROXY,
  ])
    expect(failureOf("init", text, "here").message).not.toMatch(/4566|local up/);
});

test("an error that names no place, and one that is none of the network, are told as they are", () => {
  expect(unreachableOf("Error: waiting for the release: context deadline exceeded")).toBeUndefined();
  expect(unreachableOf("Error: creating S3 Bucket (a): BucketAlreadyExists")).toBeUndefined();
});
