import type { Fault } from "../core/errors";
import {
  type ApiAlarmSettings,
  apiAlarmFaults,
  INTEGRATION_SECONDS,
} from "../observability/api-alarm-settings";
import { retentionFaults } from "../observability/retention";
import {
  type FunctionAuthorizerSettings,
  functionAuthorizerFaults,
  type JwtSettings,
} from "./http-api-authorizer";
import { type CorsSettings, corsFaults } from "./http-api-cors";
import { type PrivateService, privateFaults, type VpcLinkSettings } from "./http-api-private";
import type { IFunction } from "./imported-function";

/** One route of an API. */
export interface Route {
  /** Method and path as API Gateway writes them, e.g. `GET /orders/{id}`, `ANY /{proxy+}`, or `$default`. */
  readonly route: string;

  /** The function that answers; this or `service`. */
  readonly function?: IFunction;

  /** The service in a VPC that answers, by `vpcLink`; this or `function`. */
  readonly service?: PrivateService;

  /**
   * Who may call it: holders of a token of the API's issuer (`jwt`), whom the API's function lets in (`function`), signed
   * requests (`iam`), or everybody (`public`).
   */
  readonly access: "jwt" | "function" | "iam" | "public";

  /** Scopes of which a token must have one; only with `jwt`. */
  readonly scopes?: readonly string[];
}

/** Properties of `HttpApi`. */
export interface HttpApiProps {
  /** Name of the API, e.g. `groundplan-dev-api`. */
  readonly name: string;

  /** What the API is for, in a sentence. */
  readonly description: string;

  /** One or more. */
  readonly routes: readonly Route[];

  /** Calls a second over all routes, and how many more at once; beyond that the API answers 429. */
  readonly throttling: { readonly ratePerSecond: number; readonly burst: number };

  /**
   * Web pages of other origins that may call it.
   *
   * @default - none
   */
  readonly cors?: CorsSettings;

  /**
   * Who signs the tokens of `jwt` routes, and for whom.
   *
   * @default - none, so no route can be `jwt`
   */
  readonly jwt?: JwtSettings;

  /**
   * The function that says who may call the `function` routes.
   *
   * @default - none, so no route can be `function`
   */
  readonly authorizer?: FunctionAuthorizerSettings;

  /**
   * Where the API gets into a VPC, for routes to a `service`.
   *
   * @default - none
   */
  readonly vpcLink?: VpcLinkSettings;

  /**
   * A name of one's own. Then the name that AWS gives is turned off, so nobody goes past it.
   *
   * @default - the name that AWS gives
   */
  readonly domain?: DomainSettings;

  /**
   * Days for which access logs are kept, one of those that CloudWatch Logs offers.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;

  /** KMS key that encrypts the access logs. @default - the service's own */
  readonly kmsKeyArn?: string;

  /** Thresholds of the alarms, and whom they tell. */
  readonly alarms?: ApiAlarmSettings;
}

/** A custom domain. */
export interface DomainSettings {
  /** E.g. `api.example.com`; no wildcard, for the API says where it is called. */
  readonly name: string;

  /** ACM certificate for it, in the API's Region. */
  readonly certificateArn: string;

  /**
   * Hosted zone of Route 53 that gets records, `A` and `AAAA`.
   *
   * @default - none: a record elsewhere has to point at `HttpApi.domainTarget`
   */
  readonly hostedZoneId?: string;

  /**
   * Answers over IPv6 too.
   *
   * @default true
   */
  readonly ipv6?: boolean;
}

const ROUTE =
  /^(?:\$default|(?:ANY|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \/(?:[\w.~{}+-]+(?:\/[\w.~{}+-]+)*\/?)?)$/;

/** The faults of an API's properties. */
export function apiFaults(props: HttpApiProps): readonly Fault[] {
  const { logRetentionDays = 30, throttling, name } = props;
  const faults: Fault[] = [];
  if (name.length < 1 || name.length > 128) {
    faults.push({
      what: `API name ${JSON.stringify(name)} has ${name.length} characters`,
      instead: "use 1 to 128",
    });
  }
  if (!(throttling.ratePerSecond > 0) || !Number.isInteger(throttling.burst) || throttling.burst < 1) {
    faults.push({
      what: `throttling lets ${throttling.ratePerSecond} calls a second and ${throttling.burst} at once through`,
      instead: "use more than 0, e.g. { ratePerSecond: 50, burst: 100 }",
    });
  }
  faults.push(...retentionFaults("logRetentionDays", logRetentionDays));
  return [
    ...faults,
    ...routeFaults(props),
    ...corsFaults(props.cors),
    ...jwtFaults(props),
    ...authorizerFaults(props),
    ...privateFaults(
      props.vpcLink,
      props.routes.flatMap(({ service }) => (service === undefined ? [] : [service])),
    ),
    ...domainFaults(props.domain),
    ...apiAlarmFaults(props.alarms ?? {}),
  ];
}

function routeFaults({ routes, jwt }: HttpApiProps): readonly Fault[] {
  const faults: Fault[] = [];
  if (routes.length === 0)
    faults.push({ what: "the API has no route", instead: 'add one, e.g. "GET /health"' });
  const names = routes.map(({ route }) => route);
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
    faults.push({ what: `route ${JSON.stringify(name)} is listed twice`, instead: "list it once" });
  }
  for (const { route, access, scopes = [], function: target, service } of routes) {
    if ((target === undefined) === (service === undefined)) {
      faults.push({
        what: `route ${JSON.stringify(route)} has ${target === undefined ? "nobody who answers" : "a function and a service"}`,
        instead: "give function or service",
      });
    }
    if (!ROUTE.test(route)) {
      faults.push({
        what: `route ${JSON.stringify(route)} is not a method and a path`,
        instead: 'use e.g. "GET /orders/{id}" or "$default"',
      });
    }
    if (access === "jwt" && !jwt) {
      faults.push({
        what: `route ${JSON.stringify(route)} asks for a token and the API has no issuer`,
        instead: 'give jwt: { issuer, audience }, or say access: "public"',
      });
    }
    if (access !== "jwt" && scopes.length > 0) {
      faults.push({
        what: `route ${JSON.stringify(route)} has scopes and asks for no token`,
        instead: 'say access: "jwt", or leave scopes out',
      });
    }
    if (target && target.timeoutSeconds > INTEGRATION_SECONDS) {
      faults.push({
        what: `function ${target.functionName} may take ${target.timeoutSeconds} s, and the API gives up after ${INTEGRATION_SECONDS}`,
        instead: `set its timeoutSeconds to ${INTEGRATION_SECONDS - 1} or less`,
      });
    }
  }
  return faults;
}

function authorizerFaults({ authorizer, routes }: HttpApiProps): readonly Fault[] {
  const asking = routes.filter(({ access }) => access === "function").map(({ route }) => route);
  if (authorizer) {
    const unused: readonly Fault[] =
      asking.length > 0
        ? []
        : [
            {
              what: "authorizer is set and no route asks it",
              instead: 'say access: "function" at a route',
            },
          ];
    return [...unused, ...functionAuthorizerFaults(authorizer)];
  }
  return asking.map((route) => ({
    what: `route ${JSON.stringify(route)} asks a function who may call, and the API has none`,
    instead: 'give authorizer: { function }, or say access: "jwt"',
  }));
}

function jwtFaults({ jwt, routes }: HttpApiProps): readonly Fault[] {
  if (!jwt) return [];
  const faults: Fault[] = [];
  if (!/^https:\/\/\S+$/.test(jwt.issuer) && !jwt.issuer.includes("${")) {
    faults.push({
      what: `issuer ${JSON.stringify(jwt.issuer)} is not an https address`,
      instead: 'use e.g. "https://login.example.com"',
    });
  }
  if (jwt.audience.length === 0) {
    faults.push({
      what: "jwt has no audience: a token for any other client of the issuer would do",
      instead: 'name the clients, e.g. ["my-app"]',
    });
  }
  if (!routes.some(({ access }) => access === "jwt")) {
    faults.push({
      what: "jwt is set and no route asks for a token",
      instead: 'say access: "jwt" at a route',
    });
  }
  return faults;
}

function domainFaults(domain: DomainSettings | undefined): readonly Fault[] {
  if (!domain) return [];
  const faults: Fault[] = [];
  if (!/^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(domain.name)) {
    faults.push({
      what: `domain ${JSON.stringify(domain.name)} is not the name of one host`,
      instead: 'use e.g. "api.example.com"',
    });
  }
  if (
    !domain.certificateArn.includes("${") &&
    !/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/.test(domain.certificateArn)
  ) {
    faults.push({
      what: `certificateArn ${JSON.stringify(domain.certificateArn)} is not the ARN of an ACM certificate`,
      instead:
        'use e.g. "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"',
    });
  }
  const { hostedZoneId } = domain;
  if (hostedZoneId !== undefined && !hostedZoneId.includes("${") && !/^Z[A-Z0-9]{1,31}$/.test(hostedZoneId)) {
    faults.push({
      what: `hostedZoneId ${JSON.stringify(hostedZoneId)} is not the id of a hosted zone`,
      instead: 'use e.g. "Z0123456789ABCDEFGHIJ", or leave it out',
    });
  }
  return faults;
}
