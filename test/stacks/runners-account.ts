import { createHmac } from "node:crypto";
import { request } from "node:http";
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { buildArtifact } from "../../cli/artifact/lambda/build";
import { Pins } from "../../cli/artifact/pins";
import { publish } from "../../cli/artifact/publish";
import { serviceNamed } from "../../cli/artifact/service";
import { ArtifactStore } from "../../cli/artifact/store";
import { findProject } from "../../cli/project/project";
import { SERVICES } from "./runners-environment";

/** Secret by which the app's webhooks are signed. */
export const HOOK_SECRET = "webhook secret";

/** Sends a webhook of a job that waits. @returns the status of the answer. */
export function sendQueued(
  webhook: string,
  job: { readonly id: number; readonly labels: readonly string[] },
  secret = HOOK_SECRET,
): Promise<number> {
  const body = JSON.stringify({
    action: "queued",
    workflow_job: { ...job, created_at: new Date().toISOString() },
    repository: { name: "one", owner: { login: "octo" } },
  });
  const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  const { host, port, pathname } = new URL(webhook);
  const headers = { host, "x-github-event": "workflow_job", "x-hub-signature-256": signature };
  return new Promise((resolve, reject) => {
    // No name server knows the API's host here.
    const asked = request({ host: "127.0.0.1", port, path: pathname, method: "POST", headers }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    asked.on("error", reject).end(body);
  });
}

/** A network, the app's secret, and the functions as `groundplan artifact` builds, publishes and pins them. */
export async function runnersSurroundings(
  privateKey: string,
  place: { readonly account: string; readonly region: string },
): Promise<string> {
  const ec2 = new EC2Client({});
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const subnet = async (zone: string, third: number) => {
    const CidrBlock = `10.0.${third}.0/24`;
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock, AvailabilityZone: `${place.region}${zone}` }),
    );
    return Subnet?.SubnetId;
  };
  const privateSubnetIds = [await subnet("a", 1), await subnet("b", 2)];
  const Value = JSON.stringify({ vpcId: Vpc?.VpcId, privateSubnetIds });
  const ssm = new SSMClient({});
  await ssm.send(new PutParameterCommand({ Name: "/groundplan/dev/network", Type: "String", Value }));
  const secrets = new SecretsManagerClient({});
  const secret = { appId: "1", privateKey: privateKey, webhookSecret: HOOK_SECRET };
  const { ARN } = await secrets.send(
    new CreateSecretCommand({ Name: "github-app", SecretString: JSON.stringify(secret) }),
  );
  const s3 = new S3Client({ forcePathStyle: true });
  const Bucket = "artifacts-of-the-runners";
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const store = new ArtifactStore({ bucket: Bucket, region: place.region });
  const project = findProject();
  for (const service of SERVICES) {
    const { artifact } = await publish(
      store,
      await buildArtifact(project, serviceNamed(project, service), { typecheck: false }),
    );
    const parameter = `/groundplan/dev/${service}/artifact`;
    await new Pins(store, { ...place, environment: "dev", service, parameter }).pin(artifact);
  }
  return ARN ?? "";
}
