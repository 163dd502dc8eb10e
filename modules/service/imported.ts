import { partitionOf } from "../core";
import { accountRule, assertAttributes, regionRule, securityGroupRule } from "../core/attributes";
import { SERVICE_NAMES } from "./names";
import type { LoadBalancerAttributes } from "./route";

/** A cluster of ECS: one made by `FargateCluster`, or one that is there already and offers `FARGATE` and `FARGATE_SPOT`. */
export interface IFargateCluster {
  /** ARN of the cluster. */
  readonly arn: string;

  /** Name of the cluster. */
  readonly name: string;
}

/** What a cluster of ECS that is there already is known by. */
export interface FargateClusterAttributes {
  /** Name of the cluster. */
  readonly name: string;

  /** AWS account, 12 digits. */
  readonly account: string;

  /** AWS Region, e.g. `us-east-1`. */
  readonly region: string;
}

/** A cluster of ECS by its attributes. @throws SynthError with every fault of them. */
export function importedFargateCluster({ name, account, region }: FargateClusterAttributes): IFargateCluster {
  const { pattern, example } = SERVICE_NAMES.service;
  assertAttributes("FargateCluster.fromClusterAttributes", [
    { name: "name", value: name, pattern, example },
    accountRule(account),
    regionRule(region),
  ]);
  return { arn: `arn:${partitionOf(region)}:ecs:${region}:${account}:cluster/${name}`, name };
}

/** A load balancer by its attributes. @throws SynthError with every fault of them. */
export function importedLoadBalancer(attributes: LoadBalancerAttributes): LoadBalancerAttributes {
  const { securityGroupId, httpsListenerArn } = attributes;
  assertAttributes("LoadBalancer.fromLoadBalancerAttributes", [
    securityGroupRule(securityGroupId),
    {
      name: "httpsListenerArn",
      value: httpsListenerArn,
      pattern: /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/.+/,
      example:
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/dev/0123456789abcdef/0123456789abcdef",
    },
  ]);
  return { securityGroupId, httpsListenerArn };
}

/** A certificate of ACM: one made by `Certificate`, or one that is there already. */
export interface ICertificate {
  /** ARN of the certificate. */
  readonly certificateArn: string;
}

/** A certificate by its ARN. @throws SynthError when it is none. */
export function importedCertificate(certificateArn: string): ICertificate {
  assertAttributes("Certificate.fromCertificateArn", [
    {
      name: "certificateArn",
      value: certificateArn,
      pattern: /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/,
      example: "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab",
    },
  ]);
  return { certificateArn };
}

/** A PostgreSQL database: one made by `Postgres`, or one that is there already. */
export interface IDatabase {
  /** Address of the server. */
  readonly host: string;

  /** Port of the server. */
  readonly port: number;

  /** Name of the first database. */
  readonly databaseName: string;

  /** ARN of the secret with `username` and `password`. */
  readonly secretArn: string;

  /** Security group of the server: `allowPostgres` lets others in. */
  readonly securityGroupId: string;
}

/** A database by its attributes. @throws SynthError with every fault of them. */
export function importedDatabase(
  attributes: Omit<IDatabase, "port"> & { readonly port?: number },
): IDatabase {
  assertAttributes("Postgres.fromDatabaseAttributes", [
    {
      name: "secretArn",
      value: attributes.secretArn,
      pattern: /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$/,
      example: "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf",
    },
    securityGroupRule(attributes.securityGroupId),
    {
      name: "host",
      value: attributes.host,
      pattern: /^[A-Za-z0-9.-]+$/,
      example: "shop.abc.us-east-1.rds.amazonaws.com",
    },
  ]);
  return { port: 5432, ...attributes };
}
