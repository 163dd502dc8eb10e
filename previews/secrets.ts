import type { Fault } from "@groundplan/modules/core";
import { parseSecretReference, type SecretReference } from "@groundplan/modules/service";
import type { PreviewInput } from "./input";

/** Tag of a secret that previews may read, and its value: else whoever pushes a branch could read any secret of the account. */
export const READABLE = { tag: "idp:previews", value: "allowed" } as const;

/**
 * The secrets of the configuration.
 *
 * @param faults - gets what is no secret of the preview's own account and Region, and what is another preview's. Values
 * are not repeated.
 */
export function configuredSecrets(
  { config, platform }: PreviewInput,
  faults: Fault[],
): Readonly<Record<string, SecretReference>> {
  const home = `:${platform.region}:${platform.account}:`;
  const databases = `${home}secret:${platform.name}/${platform.environment}/previews/`;
  const found = Object.entries(config.secrets).flatMap(([name, text]): [string, SecretReference][] => {
    const reference = parseSecretReference(text);
    // They carry the tag too, for their own preview.
    if (reference?.arn.includes(databases)) {
      faults.push({
        what: `config.secrets.${name} is the password of a preview's database`,
        instead: "take it out: with a database, DATABASE_URL and PGPASSWORD are the preview's own already",
      });
      return [];
    }
    if (reference?.arn.includes(home)) return [[name, reference]];
    faults.push({
      what: `config.secrets.${name} is not the ARN of a secret of account ${platform.account} in ${platform.region}`,
      instead: `use e.g. "arn:aws:secretsmanager:${platform.region}:${platform.account}:secret:shop-AbCdEf:KEY::"`,
    });
    return [];
  });
  return Object.fromEntries(found);
}
