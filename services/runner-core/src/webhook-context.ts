import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { sqsOrders } from "./aws/orders";
import { appSecret } from "./aws/secret";
import type { AppSecret } from "./github/app-token";
import type { Context } from "./ports";
import { surroundings } from "./surroundings";

/** What the webhook works with: it loads no client that it does not need, and so starts sooner. */
export function webhookContext(env: NodeJS.ProcessEnv): Pick<
  Context,
  "orders" | "settings" | "now" | "count" | "log"
> & {
  readonly secret: () => Promise<AppSecret>;
} {
  const around = surroundings(env);
  const { settings, now } = around;
  return {
    ...around,
    orders: sqsOrders(new SQSClient({}), settings.queueUrl),
    secret: appSecret(new SecretsManagerClient({}), settings.secretArn, now),
  };
}
