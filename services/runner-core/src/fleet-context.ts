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
import { scaleSetClient } from "./github/scale-sets";
import { type GitHubSession, gitHubSession } from "./github/session";
import { furtherClient, ownersOf } from "./owners";
import type { Context } from "./ports";
import { webhookContext } from "./webhook-context";

/** What the functions work with that start and end instances. One for a process: it keeps the token of GitHub. */
export function fleetContext(
  env: NodeJS.ProcessEnv,
): Context & { readonly sessionOf: (owner: string) => GitHubSession } {
  const { secret, ...around } = webhookContext(env);
  const { settings, now } = around;
  // Each owner has an installation of its own, and a token for it.
  const owners = new Map(
    ownersOf(settings).map((owner) => {
      const session = gitHubSession({ ...owner, apiUrl: settings.apiUrl }, secret, now);
      const client = gitHubClient(owner, session);
      const { key, groupId } = owner;
      const registrationToken = client.registrationToken;
      const scaleSets = scaleSetClient({ settings, owner, registrationToken, now });
      const own = groupId === undefined ? client : furtherClient(key, groupId, client);
      return [key, { session, client: own, scaleSets }];
    }),
  );
  const of = (key: string) => {
    const found = owners.get(key);
    if (!found) throw new Error(`there is no owner ${JSON.stringify(key)}`);
    return found;
  };
  return {
    ...around,
    sessionOf: (key) => of(key).session,
    githubOf: (key) => of(key).client,
    ...(settings.scaleSets ? { scaleSetsOf: (key: string) => of(key).scaleSets } : {}),
    formerScaleSetsOf: (key: string) => of(key).scaleSets,
    groups: autoScalingGroups(new AutoScalingClient({})),
    fleet: ec2Fleet(new EC2Client({}), settings.fleet),
    ledger: dynamoLedger(new DynamoDBClient({}), settings.tableName, now),
    configurations: ssmConfigurations(new SSMClient({}), settings.parameterPath, settings.instanceArns),
    unique: () => randomBytes(4).toString("hex"),
  };
}
