import { monthly, NO_PARTS, type Pricing } from "../pricing";
import type { Values } from "../values";

const secret: Pricing = {
  assumes: ["each replica is a secret"],
  usage: () => [
    {
      name: "requests",
      means: "calls of the API a month",
      price: "secrets-manager/ten-thousand-requests",
      units: 1e-4,
    },
  ],
  parts: (values) => [monthly("secret", "secrets-manager/secret-month", 1 + values.given.count("replica"))],
};

const key: Pricing = {
  assumes: ["not rotated yet: each of the first two rotations adds the price of a key"],
  usage: () => [
    {
      name: "requests",
      means: "symmetric requests a month",
      price: "kms/ten-thousand-requests",
      units: 1e-4,
    },
  ],
  parts: () => [monthly("key", "kms/key-month")],
};

const parameter: Pricing = {
  assumes: [
    "one of the tier Standard, or of none, is free; one of Intelligent-Tiering has the price of an advanced one when it is larger than 4 KB",
  ],
  usage: (values) =>
    tierOf(values) === "Intelligent-Tiering"
      ? [
          {
            name: "advanced",
            means: "1 for a parameter larger than 4 KB, else 0",
            price: "systems-manager/advanced-parameter-month",
          },
        ]
      : [],
  parts: (values) =>
    tierOf(values) === "Advanced"
      ? [monthly("advanced parameter", "systems-manager/advanced-parameter-month")]
      : [],
};

/** Its tier; none where it is not set: that is Standard, unless the account has another default. */
function tierOf(values: Values): string | undefined {
  return values.given.text("tier");
}

const zone: Pricing = {
  assumes: ["one of the account's first 25 zones"],
  usage: () => [
    { name: "queries", means: "standard queries a month", price: "route53/million-queries", units: 1e-6 },
  ],
  parts: () => [monthly("hosted zone", "route53/zone-month")],
};

const logs: Pricing = {
  assumes: ["log class Standard"],
  usage: () => [
    { name: "ingested_gb", means: "GB written a month", price: "cloudwatch/logs-ingested-gb" },
    { name: "stored_gb", means: "GB stored, compressed", price: "cloudwatch/logs-stored-gb-month" },
  ],
  parts: NO_PARTS,
};

/** Secrets, keys, parameters, names and logs. */
export const ACCOUNT: Readonly<Record<string, Pricing>> = {
  aws_secretsmanager_secret: secret,
  aws_kms_key: key,
  aws_kms_replica_key: key,
  aws_ssm_parameter: parameter,
  aws_route53_zone: zone,
  aws_cloudwatch_log_group: logs,
};
