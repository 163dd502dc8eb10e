import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expire, type Outcome } from "./expire";
import { settingsOf } from "./settings";

const s3 = new S3Client({});
const secrets = new SecretsManagerClient({});

/**
 * Answers the one-time schedule of a preview. Whatever goes wrong is thrown: Lambda tries twice more, puts the event into its
 * dead-letter queue, and the alarm goes on. The sweep finds the preview in any case.
 *
 * @param event - `{ "name": "preview-pay", "expiresAt": "2026-12-06T10:00:00Z" }`.
 */
export async function handler(event: unknown): Promise<Outcome> {
  const outcome = await expire(event, settingsOf(process.env), { s3, secrets, now: () => Date.now() });
  console.log(JSON.stringify(outcome));
  return outcome;
}
