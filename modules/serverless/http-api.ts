import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2Authorizer } from "@cdktf/provider-aws/lib/apigatewayv2-authorizer";
import { Apigatewayv2Integration } from "@cdktf/provider-aws/lib/apigatewayv2-integration";
import { Apigatewayv2Route } from "@cdktf/provider-aws/lib/apigatewayv2-route";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { Construct } from "constructs";
import { SynthError } from "../core";
import { INTEGRATION_SECONDS } from "../observability/api-alarm-settings";
import { ApiAlarms } from "../observability/api-alarms";
import { logGroup } from "../observability/log-group";
import type { ArtifactFunction } from "./function";
import { ApiDomain, type DomainTarget } from "./http-api-domain";
import { apiFaults, type CorsSettings, type HttpApiProps, type Route } from "./http-api-props";

/**
 * An HTTP API of API Gateway (version 2) in front of functions: throttled, with access logs, and every
 * route says who may call it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
 */
export class HttpApi extends Construct {
  /** Id of the API. */
  readonly apiId: string;

  /** Where it is called, without a slash at the end. */
  readonly url: string;

  /** What the DNS record of its domain points at; undefined without one of its own. */
  readonly domainTarget: DomainTarget | undefined;

  /** Name of the log group of who called. */
  readonly accessLogGroupName: string;

  /** Names of its alarms; a gradual deploy goes back when one of them is on. */
  readonly alarmNames: readonly string[];

  /** ARNs of its alarms, for a dashboard. */
  readonly alarmArns: readonly string[];
  private readonly api: Apigatewayv2Api;
  private readonly integrations = new Map<ArtifactFunction, Apigatewayv2Integration>();

  /** @throws SynthError with every fault of the properties. */
  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const faults = apiFaults(props);
    if (faults.length > 0) throw new SynthError(this, faults);

    const { name, description, cors, domain, throttling } = props;
    this.api = new Apigatewayv2Api(this, "api", {
      name,
      description,
      protocolType: "HTTP",
      disableExecuteApiEndpoint: domain !== undefined,
      ...(cors ? { corsConfiguration: corsConfiguration(cors) } : {}),
      tags: { Name: name },
    });
    this.apiId = this.api.id;
    this.accessLogGroupName = `/aws/vendedlogs/apis/${name}`;
    const logs = logGroup(this, "access-logs", {
      name: this.accessLogGroupName,
      retentionDays: props.logRetentionDays,
      kmsKeyArn: props.kmsKeyArn,
    });
    const authorizer = this.authorizer(props);
    for (const route of props.routes) this.addRoute(route, authorizer);
    const stage = new Apigatewayv2Stage(this, "stage", {
      apiId: this.apiId,
      name: "$default",
      autoDeploy: true,
      accessLogSettings: { destinationArn: logs.arn, format: ACCESS_LOG_FORMAT },
      defaultRouteSettings: {
        throttlingRateLimit: throttling.ratePerSecond,
        throttlingBurstLimit: throttling.burst,
        detailedMetricsEnabled: true,
      },
      tags: { Name: name },
    });
    this.domainTarget =
      domain && new ApiDomain(this, "domain", { ...domain, apiId: this.apiId, stageId: stage.id }).target;
    this.url = domain ? `https://${domain.name}` : this.api.apiEndpoint;
    const slowest = Math.max(...props.routes.map((route) => route.function.timeoutSeconds));
    const alarms = new ApiAlarms(this, "alarms", {
      latencyMs: slowest * 800,
      ...props.alarms,
      name,
      apiId: this.apiId,
    });
    this.alarmNames = alarms.alarmNames;
    this.alarmArns = alarms.alarmArns;
  }

  private authorizer({ jwt, name }: HttpApiProps): Apigatewayv2Authorizer | undefined {
    if (!jwt) return undefined;
    return new Apigatewayv2Authorizer(this, "jwt", {
      apiId: this.apiId,
      name: `${name}-jwt`,
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration: { issuer: jwt.issuer, audience: [...jwt.audience] },
    });
  }

  private addRoute(route: Route, authorizer: Apigatewayv2Authorizer | undefined): void {
    const { access, scopes = [] } = route;
    const authorization =
      access === "jwt" && authorizer
        ? {
            authorizationType: "JWT",
            authorizerId: authorizer.id,
            ...(scopes.length > 0 ? { authorizationScopes: [...scopes] } : {}),
          }
        : { authorizationType: access === "iam" ? "AWS_IAM" : "NONE" };
    new Apigatewayv2Route(this, `route-${route.route}`, {
      apiId: this.apiId,
      routeKey: route.route,
      target: `integrations/${this.integration(route.function).id}`,
      ...authorization,
    });
  }

  /** The integration of a function, one for all its routes, with the permission to call it. */
  private integration(target: ArtifactFunction): Apigatewayv2Integration {
    const known = this.integrations.get(target);
    if (known) return known;
    const integration = new Apigatewayv2Integration(this, `integration-${target.functionName}`, {
      apiId: this.apiId,
      integrationType: "AWS_PROXY",
      integrationMethod: "POST",
      integrationUri: target.invokeArn,
      payloadFormatVersion: "2.0",
      // A second more than the function has, so that its own error is what a caller sees.
      timeoutMilliseconds: Math.min(target.timeoutSeconds + 1, INTEGRATION_SECONDS) * 1000,
    });
    target.grantInvoke(`by-${this.node.id}`, {
      service: "apigateway.amazonaws.com",
      sourceArn: `${this.api.executionArn}/*/*`,
    });
    this.integrations.set(target, integration);
    return integration;
  }
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
const ACCESS_LOG_FORMAT = JSON.stringify(
  Object.fromEntries(
    [
      ["requestId", "requestId"],
      ["time", "requestTimeEpoch"],
      ["ip", "identity.sourceIp"],
      ["userAgent", "identity.userAgent"],
      ["method", "httpMethod"],
      ["path", "path"],
      ["route", "routeKey"],
      ["status", "status"],
      ["bytes", "responseLength"],
      ["milliseconds", "responseLatency"],
      ["integrationStatus", "integrationStatus"],
      ["integrationMilliseconds", "integrationLatency"],
      ["error", "error.message"],
      ["integrationError", "integrationErrorMessage"],
    ].map(([field, variable]) => [field, `$context.${variable}`]),
  ),
);

function corsConfiguration(cors: CorsSettings) {
  return {
    allowOrigins: [...cors.origins],
    allowMethods: [...(cors.methods ?? ["GET", "HEAD", "OPTIONS"])],
    allowHeaders: [...(cors.headers ?? ["authorization", "content-type"])],
    allowCredentials: cors.credentials ?? false,
    maxAge: cors.maxAgeSeconds ?? 3600,
  };
}
