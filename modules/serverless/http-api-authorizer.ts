import { Apigatewayv2Authorizer } from "@cdktf/provider-aws/lib/apigatewayv2-authorizer";
import type { Construct } from "constructs";
import type { Fault } from "../core/errors";
import { wholeFaults } from "../core/whole";
import type { IFunction } from "./imported-function";

/** Who signs the tokens of `jwt` routes, and for whom. */
export interface JwtSettings {
  /** Issuer, e.g. `https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc`. */
  readonly issuer: string;

  /** Clients of the issuer whose tokens are taken, 1 or more. */
  readonly audience: readonly string[];
}

/** A function that says who may call. */
export interface FunctionAuthorizerSettings {
  /** The function; it answers `{ isAuthorized, context }`. */
  readonly function: IFunction;

  /**
   * Headers without one of which a call is refused before the function is asked.
   *
   * @default ["Authorization"]
   */
  readonly headers?: readonly string[];

  /**
   * Seconds for which an answer counts for the same headers at the same route, 0 to 3600. Who loses a right keeps it so
   * long.
   *
   * @default 0
   */
  readonly cacheSeconds?: number;
}

/** An authorizer of tokens. */
export function jwtAuthorizer(
  scope: Construct,
  apiId: string,
  apiName: string,
  { issuer, audience }: JwtSettings,
): Apigatewayv2Authorizer {
  return new Apigatewayv2Authorizer(scope, "jwt", {
    apiId,
    name: `${apiName}-jwt`,
    authorizerType: "JWT",
    identitySources: ["$request.header.Authorization"],
    jwtConfiguration: { issuer, audience: [...audience] },
  });
}

/**
 * An authorizer that asks a function, with the permission to call it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function functionAuthorizer(
  scope: Construct,
  api: { readonly id: string; readonly executionArn: string },
  apiName: string,
  { function: target, headers = ["Authorization"], cacheSeconds = 0 }: FunctionAuthorizerSettings,
): Apigatewayv2Authorizer {
  const authorizer = new Apigatewayv2Authorizer(scope, "authorizer", {
    apiId: api.id,
    name: `${apiName}-authorizer`,
    authorizerType: "REQUEST",
    authorizerUri: target.invokeArn,
    authorizerPayloadFormatVersion: "2.0",
    enableSimpleResponses: true,
    authorizerResultTtlInSeconds: cacheSeconds,
    identitySources: [
      ...headers.map((header) => `$request.header.${header}`),
      // Without it, what is allowed at one route would count for all of them while it is remembered.
      ...(cacheSeconds > 0 ? ["$context.routeKey"] : []),
    ],
  });
  target.grantInvoke(`authorizer-of-${scope.node.id}`, {
    service: "apigateway.amazonaws.com",
    sourceArn: `${api.executionArn}/authorizers/${authorizer.id}`,
  });
  return authorizer;
}

/** Seconds that API Gateway waits for an authorizer. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const AUTHORIZER_SECONDS = 10;

/** Every fault of a function that says who may call. */
export function functionAuthorizerFaults(settings: FunctionAuthorizerSettings): readonly Fault[] {
  const { function: target, headers = ["Authorization"], cacheSeconds = 0 } = settings;
  const faults: Fault[] = [...wholeFaults("authorizer.cacheSeconds", cacheSeconds, 0, 3600, 300)];
  if (headers.length === 0) {
    faults.push({
      what: "authorizer.headers is empty: the function would be asked for every call of nobody",
      instead: 'use e.g. ["Authorization"], or leave it out',
    });
  }
  for (const header of headers.filter((one) => !/^[\w-]+$/.test(one))) {
    faults.push({
      what: `${JSON.stringify(header)} is not the name of a header`,
      instead: 'use e.g. "X-Api-Key"',
    });
  }
  if (target.timeoutSeconds > AUTHORIZER_SECONDS) {
    faults.push({
      what: `the authorizer may take ${target.timeoutSeconds} s, and the API gives up after ${AUTHORIZER_SECONDS}`,
      instead: `set its timeoutSeconds to ${AUTHORIZER_SECONDS} or less`,
    });
  }
  return faults;
}
