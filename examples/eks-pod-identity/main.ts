import { Route } from "@cdktf/provider-aws/lib/route";
import { SecureBucket } from "@groundplan/modules/bucket";
import { Cluster } from "@groundplan/modules/cluster";
import { awsProvider } from "@groundplan/modules/core";
import { PodIdentityRole } from "@groundplan/modules/identity";
import { Vpc } from "@groundplan/modules/network";
import { App, TerraformOutput, TerraformStack } from "cdktf";

const account = "123456789012";
const region = "us-east-1";

const app = new App();
const stack = new TerraformStack(app, "cluster");
awsProvider(stack, { region, account });

const vpc = new Vpc(stack, "vpc", {
  name: "store",
  cidr: "10.0.0.0/16",
  availabilityZones: [`${region}a`, `${region}b`],
});

const cluster = new Cluster(stack, "cluster", {
  name: "store",
  account,
  region,
  vpcId: vpc.vpcId,
  // For good: EKS takes no other zones while the cluster stands, and a zone that the VPC gets later changes nothing.
  zones: [`${region}a`, `${region}b`],
  subnets: Object.fromEntries(
    vpc.privateSubnets.map(({ availabilityZone, subnetId }) => [availabilityZone, subnetId]),
  ),
  kubernetesVersion: "1.35",
  nodeGroups: { general: { instanceTypes: ["t3.medium", "t3.large"], min: 2, max: 4 } },
  // Nodes pull their images as soon as they start: their way to the internet stands before.
  dependsOn: vpc.node.findAll().filter((one) => one instanceof Route),
});

const reports = new SecureBucket(stack, "reports", { bucketName: `store-reports-${account}`, region });

// Pods of this service account get the role: the deployment names it, and nothing else.
const role = new PodIdentityRole(stack, "reports-role", {
  roleName: "store-reports",
  // Read from the cluster, and not only its name: the association follows once the cluster stands.
  clusterName: cluster.contract.name,
  clusterArn: cluster.clusterArn,
  account,
  serviceAccount: { namespace: "store", name: "reports" },
});
role.grantReadObjects("reports", reports);

// Another team's bucket, which is there already: its name says all that a grant needs.
const templates = SecureBucket.fromBucketName("store-templates", region);
role.grantReadObjects("templates", { ...templates, prefix: "reports/" });

new TerraformOutput(stack, "admin_role_arn", { value: cluster.contract.adminRoleArn });

app.synth();
