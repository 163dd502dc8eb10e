import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import type { Apigatewayv2Authorizer } from "@cdktf/provider-aws/lib/apigatewayv2-authorizer";
import { Apigatewayv2Integration } from "@cdktf/provider-aws/lib/apigatewayv2-integration";
import { Apigatewayv2Route } from "@cdktf/provider-aws/lib/apigatewayv2-route";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { Construct } from "constructs";
import { SynthError } from "../core";
import { INTEGRATION_SECONDS } from "../observability/api-alarm-settings";
import { ApiAlarms } from "../observability/api-alarms";
import { logGroup } from "../observability/log-group";
import { functionAuthorizer, jwtAuthorizer } from "./http-api-authorizer";
import { corsConfiguration } from "./http-api-cors";
import { ApiDomain, type DomainTarget } from "./http-api-domain";
import { VpcLink } from "./http-api-private";
import { apiFaults, type HttpApiProps, type Route } from "./http-api-props";
import type { IFunction } from "./imported-function";

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
  private readonly link: VpcLink | undefined;
  private readonly integrations = new Map<IFunction, Apigatewayv2Integration>();

  /** Security group by which it calls services of a VPC; undefined without `vpcLink`. */
  get vpcLinkSecurityGroupId(): string | undefined {
    return this.link?.securityGroupId;
  }

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
    if (props.vpcLink) this.link = new VpcLink(this, "vpc-link", { id: this.apiId, name }, props.vpcLink);
    const authorizers: Authorizers = {
      jwt: props.jwt && jwtAuthorizer(this, this.apiId, name, props.jwt),
      function: props.authorizer && functionAuthorizer(this, this.api, name, props.authorizer),
    };
    for (const route of props.routes) this.addRoute(route, authorizers);
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
    const slowest = Math.max(
      ...props.routes.map(({ function: target, service }) =>
        target ? target.timeoutSeconds : (service?.timeoutSeconds ?? INTEGRATION_SECONDS),
      ),
    );
    const alarms = new ApiAlarms(this, "alarms", {
      latencyMs: slowest * 800,
      ...props.alarms,
      name,
      apiId: this.apiId,
    });
    this.alarmNames = alarms.alarmNames;
    this.alarmArns = alarms.alarmArns;
  }

  private addRoute(route: Route, authorizers: Authorizers): void {
    const { access, scopes = [] } = route;
    const authorizer = access === "jwt" || access === "function" ? authorizers[access] : undefined;
    const types = { jwt: "JWT", function: "CUSTOM", iam: "AWS_IAM", public: "NONE" } as const;
    new Apigatewayv2Route(this, `route-${route.route}`, {
      apiId: this.apiId,
      routeKey: route.route,
      target: `integrations/${this.integrationOf(route)?.id}`,
      authorizationType: types[access],
      ...(authorizer === undefined ? {} : { authorizerId: authorizer.id }),
      ...(scopes.length > 0 ? { authorizationScopes: [...scopes] } : {}),
    });
  }

  private integrationOf({ function: target, service }: Route): Apigatewayv2Integration | undefined {
    if (target) return this.integration(target);
    return service && this.link?.integration(service);
  }

  /** The integration of a function, one for all its routes, with the permission to call it. */
  private integration(target: IFunction): Apigatewayv2Integration {
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

/** Who says which calls are let in, by the access of the routes. */
type Authorizers = Readonly<Record<"jwt" | "function", Apigatewayv2Authorizer | undefined>>;

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
