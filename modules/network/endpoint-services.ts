import type { Fault } from "../core/errors";

/**
 * Services that AWS reaches by a route instead of an address, free of charge.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
 */
export type GatewayService = "s3" | "dynamodb";

/** Every service with a gateway endpoint. */
export const GATEWAY_SERVICES: readonly GatewayService[] = ["s3", "dynamodb"];

/**
 * Interface endpoints that keep their service's public name to itself: within the VPC the gateway
 * endpoint serves that name for nothing, and DynamoDB offers no private DNS at all.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html
 */
const WITHOUT_PRIVATE_DNS: readonly string[] = ["s3", "dynamodb", "dynamodb-streams"];

/** Whether an interface endpoint takes over the service's public name within the VPC. */
export function hasPrivateDns(service: string): boolean {
  return !WITHOUT_PRIVATE_DNS.includes(service);
}

/** Short name of a service: what follows `com.amazonaws.<region>.`, e.g. `ecr.api`. */
const SHORT_NAME = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*$/;

/** The faults of the services' names: not short names, listed twice, no gateway endpoint. */
export function endpointFaults(gateway: readonly string[], interfaces: readonly string[]): readonly Fault[] {
  const faults: Fault[] = [];
  for (const service of gateway) {
    if (GATEWAY_SERVICES.some((known) => known === service)) continue;
    const what = `gatewayEndpoints has ${JSON.stringify(service)}, and AWS has no gateway endpoint for it`;
    faults.push({ what, instead: 'use "s3" or "dynamodb", or name it in interfaceEndpoints' });
  }
  for (const service of interfaces) {
    if (SHORT_NAME.test(service) && !service.includes("amazonaws")) continue;
    const short = /^(?:cn\.)?com\.amazonaws\.[a-z]{2}(?:-[a-z]+)+-\d\.(.+)$/.exec(service)?.[1] ?? "ecr.api";
    const what = `interfaceEndpoints has ${JSON.stringify(service)}, which is not the short name of a service`;
    faults.push({ what, instead: `use e.g. ${JSON.stringify(short)}` });
  }
  for (const [key, services] of Object.entries({
    gatewayEndpoints: gateway,
    interfaceEndpoints: interfaces,
  })) {
    for (const service of new Set(services.filter((name, index) => services.indexOf(name) !== index))) {
      faults.push({ what: `${key} lists ${JSON.stringify(service)} twice`, instead: "list it once" });
    }
  }
  return faults;
}
