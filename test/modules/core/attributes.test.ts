import { SecureBucket } from "@groundplan/modules/bucket";
import { Cluster } from "@groundplan/modules/cluster";
import { lookup, SynthError } from "@groundplan/modules/core";
import { assertAttributes } from "@groundplan/modules/core/attributes";
import { PodIdentityRole, WorkloadRole } from "@groundplan/modules/identity";
import { NETWORK, placedIn, Vpc } from "@groundplan/modules/network";
import { Repository } from "@groundplan/modules/registry";
import {
  allowPostgres,
  Certificate,
  FargateCluster,
  FargateService,
  LoadBalancer,
  Postgres,
} from "@groundplan/modules/service";
import type { Construct } from "constructs";
import { synthesized, VALID } from "../network/synthesized";
import { SERVICE } from "../service/made";

const PLACE = { account: "123456789012", region: "us-east-1" };
const VPC = {
  vpcId: "vpc-0123",
  cidr: "10.0.0.0/16",
  availabilityZones: ["us-east-1a", "us-east-1b"],
  privateSubnetIds: ["subnet-1", "subnet-2"],
};

test("a service stands in what is there already as in what is made: VPC, cluster, load balancer, repository", () => {
  const repository = Repository.fromRepositoryAttributes({ ...PLACE, repositoryName: "groundplan/dev/shop" });
  const loadBalancer = LoadBalancer.fromLoadBalancerAttributes({
    securityGroupId: "sg-balancer",
    httpsListenerArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/dev/1/2",
  });
  const made = (place: (scope: Construct) => ReturnType<typeof placedIn>) =>
    synthesized((scope) => {
      const service = new FargateService(scope, "shop", {
        ...SERVICE,
        ...place(scope),
        cluster: FargateCluster.fromClusterAttributes({ ...PLACE, name: "dev" }),
        container: { ...SERVICE.container, image: `${repository.repositoryUrl}:1` },
        route: { hostNames: ["shop.example.com"], loadBalancer },
      });
      service.grantPull("other", repository.repositoryArn);
      const database = Postgres.fromDatabaseAttributes({
        host: "shop.abc.us-east-1.rds.amazonaws.com",
        databaseName: "app",
        secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf",
        securityGroupId: "sg-database",
      });
      allowPostgres(scope, "database", { from: service.securityGroupId, to: database.securityGroupId });
      expect(database.port).toBe(5432);
    });
  const there = made(() => placedIn(Vpc.fromVpcAttributes(VPC), "private"));
  expect(there.one("aws_ecs_service")).toMatchObject({
    cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/dev",
    network_configuration: { subnets: ["subnet-1", "subnet-2"] },
  });
  expect(there.one("aws_vpc_security_group_ingress_rule", "database").security_group_id).toBe("sg-database");
  const here = made((scope) => placedIn(new Vpc(scope, "vpc", VALID), "private"));
  const subnets = ["us-east-1a", "us-east-1b"].map(
    (zone) => `\${${here.address("aws_subnet", `vpc/private/${zone}/subnet`)}.id}`,
  );
  expect(here.one("aws_ecs_service")).toMatchObject({ network_configuration: { subnets } });
  // What a network stack published is a VPC as well.
  const published = made((scope) =>
    placedIn(lookup(scope, { platform: "groundplan", environment: "dev" }, NETWORK), "private"),
  );
  expect(JSON.stringify(published.one("aws_ecs_service"))).toContain("privateSubnetIds");
});

test("pods of a cluster that is there, and a role that is there, are granted rights", () => {
  const bucket = SecureBucket.fromBucketName("orders-of-the-shop", "us-east-1");
  const stack = synthesized((scope) => {
    const cluster = Cluster.fromClusterAttributes({ ...PLACE, clusterName: "groundplan-dev" });
    new PodIdentityRole(scope, "pods", {
      ...cluster,
      roleName: "pods",
      serviceAccount: { namespace: "apps", name: "api" },
    }).grantReadObjects("orders", bucket);
    WorkloadRole.fromRoleAttributes(scope, "role", {
      roleName: "reports",
      account: PLACE.account,
    }).grantWriteObjects("orders", bucket);
  });
  expect(stack.one("aws_eks_pod_identity_association")).toMatchObject({ cluster_name: "groundplan-dev" });
  expect(String(stack.one("aws_iam_role", "pods/role").assume_role_policy)).toContain(
    "arn:aws:eks:us-east-1:123456789012:cluster/groundplan-dev",
  );
  expect(stack.one("aws_iam_role_policy", "role/write-objects-orders")).toMatchObject({
    role: "reports",
    policy: expect.stringContaining("arn:aws:s3:::orders-of-the-shop/*"),
  });
});

test("a grant to a role that is there replaces no policy of whoever made it, nor one of another stack", () => {
  const bucket = SecureBucket.fromBucketName("orders-of-the-shop", "us-east-1");
  const stack = synthesized((scope) => {
    const made = new PodIdentityRole(scope, "made", {
      ...Cluster.fromClusterAttributes({ ...PLACE, clusterName: "groundplan-dev" }),
      roleName: "reports",
      serviceAccount: { namespace: "apps", name: "api" },
    });
    const attributes = { roleName: "reports", account: PLACE.account };
    const there = ["one", "two"].map((id) => WorkloadRole.fromRoleAttributes(scope, id, attributes));
    for (const role of [made, ...there]) role.grantReadObjects("orders", bucket);
  });
  const names = Object.values(stack.all("aws_iam_role_policy")).map(({ name }) => String(name));
  expect(names).toHaveLength(3);
  expect(new Set(names).size).toBe(3);
  for (const name of names) expect(name).toMatch(/^[\w+=,.@-]{1,128}$/);
});

test("what is made has the attributes of what is there", () => {
  const stack = synthesized((scope) => {
    const bucket = new SecureBucket(scope, "bucket", {
      bucketName: "orders-of-the-shop",
      region: "us-east-1",
    });
    expect(bucket.bucketArn).toBe(SecureBucket.fromBucketName("orders-of-the-shop", "us-east-1").bucketArn);
  });
  expect(stack.paths("aws_s3_bucket")).toEqual(["bucket/bucket"]);
});

test.each<[string, () => unknown, RegExp]>([
  ["a VPC by its name", () => Vpc.fromVpcAttributes({ ...VPC, vpcId: "dev" }), /vpcId is "dev"/],
  ["a range", () => Vpc.fromVpcAttributes({ ...VPC, cidr: "10.0.0.0" }), /cidr is "10.0.0.0"/],
  [
    "a tier of one zone",
    () => Vpc.fromVpcAttributes({ ...VPC, privateSubnetIds: ["subnet-1"] }),
    /a tier has 1 subnets, and the VPC 2 zones/,
  ],
  [
    "a tier that is none",
    () => placedIn(Vpc.fromVpcAttributes(VPC), "isolated"),
    /the VPC has no isolated subnets/,
  ],
  [
    "a repository by its URL",
    () => Repository.fromRepositoryAttributes({ ...PLACE, repositoryName: "1.dkr.ecr/a:b" }),
    /repositoryName is/,
  ],
  [
    "an account",
    () => Cluster.fromClusterAttributes({ ...PLACE, account: "1", clusterName: "dev" }),
    /account is "1"/,
  ],
  [
    "a Region",
    () => FargateCluster.fromClusterAttributes({ ...PLACE, region: "us", name: "dev" }),
    /region is "us"/,
  ],
  [
    "a listener",
    () => LoadBalancer.fromLoadBalancerAttributes({ securityGroupId: "sg-1", httpsListenerArn: "arn:x" }),
    /httpsListenerArn is "arn:x"/,
  ],
  ["a certificate", () => Certificate.fromCertificateArn("arn:aws:iam::1:x"), /certificateArn is/],
  ["a bucket by its ARN", () => SecureBucket.fromBucketName("arn:aws:s3:::a", "us-east-1"), /bucketName is/],
  [
    "a role by its ARN",
    () =>
      synthesized(
        (scope) =>
          void WorkloadRole.fromRoleAttributes(scope, "role", {
            roleName: "arn:aws:iam::1:role/a",
            account: PLACE.account,
          }),
      ),
    /roleName is/,
  ],
  [
    "a secret",
    () =>
      Postgres.fromDatabaseAttributes({
        host: "a.b",
        databaseName: "app",
        secretArn: "shop",
        securityGroupId: "sg-1",
      }),
    /secretArn is "shop"/,
  ],
])("planted fault: %s names nothing", (_, make, message) => {
  expect(make).toThrow(message);
  expect(make).toThrow(SynthError);
});

test("a token is not judged, nor what was left out", () => {
  const rule = { name: "vpcId", pattern: /^vpc-/, example: "vpc-1" };
  expect(() =>
    assertAttributes("place", [
      { ...rule, value: "${aws_vpc.a.id}" },
      { ...rule, value: undefined },
    ]),
  ).not.toThrow();
  expect(Certificate.fromCertificateArn("arn:aws:acm:us-east-1:123456789012:certificate/1")).toEqual({
    certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1",
  });
});
