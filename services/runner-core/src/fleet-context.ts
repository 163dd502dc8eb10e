import { randomBytes } from "node:crypto";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { ssmConfigurations } from "./aws/configurations";
import { ec2Fleet } from "./aws/fleet";
import { autoScalingGroups } from "./aws/groups";
import { dynamoLedger } from "./aws/ledger";
import { gitHubClient } from "./github/client";
import { type GitHubSession, gitHubSession } from "./github/session";
import type { Context } from "./ports";
import { webhookContext } from "./webhook-context";

/** What the functions work with that start and end instances. One for a process: it keeps the token of GitHub. */
export function fleetContext(env: NodeJS.ProcessEnv): Context & { readonly session: GitHubSession } {
  const { secret, ...around } = webhookContext(env);
  const { settings, now } = around;
  const session = gitHubSession(settings, secret, now);
  return {
    ...around,
    session,
    github: gitHubClient(settings, session),
    groups: autoScalingGroups(new AutoScalingClient({})),
    fleet: ec2Fleet(new EC2Client({}), settings.fleet),
    ledger: dynamoLedger(new DynamoDBClient({}), settings.tableName, now),
    configurations: ssmConfigurations(new SSMClient({}), settings.parameterPath, settings.instanceArns),
    unique: () => randomBytes(4).toString("hex"),
  };
}
