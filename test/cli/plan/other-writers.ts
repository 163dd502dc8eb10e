import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { PlanProject } from "./project";

/** Writes a parameter as somebody would at AWS's console. */
export async function changeParameterByHand(
  project: PlanProject,
  Name: string,
  Value: string,
): Promise<void> {
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "test" };
  const endpoint = project.environment.AWS_ENDPOINT_URL ?? "";
  const ssm = new SSMClient({ endpoint, region: "us-east-1", credentials });
  await ssm.send(new PutParameterCommand({ Name, Value, Type: "String", Overwrite: true }));
  ssm.destroy();
}

/** A profile in the words of AWS's credentials file, with keys that STS gave for a role. */
export async function assumedRoleProfile(project: PlanProject, name: string): Promise<string> {
  const body = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: `arn:aws:iam::123456789012:role/plan-${name}`,
    RoleSessionName: "GitHubActions",
    WebIdentityToken: "header.eyJzdWIiOiJyZXBvIn0.signature",
  });
  const text = await (
    await fetch(project.environment.AWS_ENDPOINT_URL ?? "", { method: "POST", body })
  ).text();
  const value = (key: string) => new RegExp(`<${key}>(.*?)</${key}>`, "s").exec(text)?.[1];
  return `[${name}]
aws_access_key_id = ${value("AccessKeyId")}
aws_secret_access_key = ${value("SecretAccessKey")}
aws_session_token = ${value("SessionToken")}
`;
}
