import { type AwsCaller, CallError } from "../../gateway/caller";
import { type Input, objectsOf, textOf } from "./input";

/** Where a secret of a container lies. */
export type SecretSource =
  | { readonly kind: "parameter"; readonly name: string; readonly region: string | undefined }
  | {
      readonly kind: "secret";
      readonly id: string;
      readonly region: string | undefined;
      readonly key: string;
      readonly stage: string;
      readonly version: string;
    };

/**
 * What `valueFrom` names: a parameter by name or ARN, or a secret by ARN, of which `:key:stage:version` may follow.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
export function secretSourceOf(valueFrom: string): SecretSource {
  const parts = valueFrom.split(":");
  const [arn, , service, region] = parts;
  if (arn !== "arn") return { kind: "parameter", name: valueFrom, region: undefined };
  if (service === "ssm") {
    // arn:aws:ssm:us-east-1:123456789012:parameter/path/name: a path begins with the slash.
    const name = parts.slice(5).join(":").slice("parameter".length);
    return { kind: "parameter", name: name.lastIndexOf("/") > 0 ? name : name.slice(1), region };
  }
  if (service !== "secretsmanager")
    throw new Error(`ResourceInitializationError: unsupported secret reference ${valueFrom}`);
  const [key = "", stage = "", version = ""] = parts.slice(7);
  return { kind: "secret", id: parts.slice(0, 7).join(":"), region, key, stage, version };
}

/** One value of a secret: the whole text, or what its JSON has under a key. @throws where there is none. */
export function secretValue(text: string, key: string): string {
  if (key === "") return text;
  let found: unknown;
  try {
    found = JSON.parse(text)[key];
  } catch {
    throw new Error(
      `ResourceInitializationError: unable to pull secrets: the secret is no JSON, so it has no key ${key}`,
    );
  }
  if (found === undefined) {
    throw new Error(
      `ResourceInitializationError: unable to pull secrets: retrieved secret from Secrets Manager did not contain json key ${key}`,
    );
  }
  return typeof found === "string" ? found : JSON.stringify(found);
}

/** The variables of a container that come from secrets. @throws with what the service says, never with a value. */
export async function secretsOf(container: Input, caller: AwsCaller): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const secret of objectsOf(container, "secrets")) {
    found[textOf(secret, "name")] = await secretFrom(textOf(secret, "valueFrom"), caller);
  }
  return found;
}

async function secretFrom(valueFrom: string, caller: AwsCaller): Promise<string> {
  const source = secretSourceOf(valueFrom);
  try {
    if (source.kind === "parameter") {
      const input = { Name: source.name, WithDecryption: true };
      const { Parameter } = await caller.json<{ Parameter: { Value: string } }>(
        "ssm",
        "AmazonSSM.GetParameter",
        input,
      );
      return Parameter.Value;
    }
    const { SecretString } = await caller.json<{ SecretString: string }>(
      "secretsmanager",
      "secretsmanager.GetSecretValue",
      {
        SecretId: source.id,
        ...(source.stage === "" ? {} : { VersionStage: source.stage }),
        ...(source.version === "" ? {} : { VersionId: source.version }),
      },
    );
    return secretValue(SecretString ?? "", source.key);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    throw new Error(
      `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from ${source.kind === "secret" ? "asm" : "ssm"}: ${error.code}: ${error.message}`,
    );
  }
}
