import { Apigatewayv2ApiMapping } from "@cdktf/provider-aws/lib/apigatewayv2-api-mapping";
import { Apigatewayv2DomainName } from "@cdktf/provider-aws/lib/apigatewayv2-domain-name";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { DomainSettings } from "./http-api-props";

/** Properties of {@link ApiDomain}. */
export interface ApiDomainProps extends DomainSettings {
  /** Id of the API. */
  readonly apiId: string;

  /** Id of the stage that answers at the domain. */
  readonly stageId: string;
}

/** What a DNS record of a custom domain points at: an alias of Route 53 by both, any other by a `CNAME` of the name. */
export interface DomainTarget {
  /** E.g. `d-1234567890.execute-api.us-east-1.amazonaws.com`. */
  readonly domainName: string;

  /** Hosted zone of that name, of AWS's own. */
  readonly hostedZoneId: string;
}

/**
 * A custom domain of an HTTP API: TLS 1.2 or newer, over IPv4 and IPv6, and records of both if its zone is given.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
 */
export class ApiDomain extends Construct {
  /** What the record of the domain points at. */
  readonly target: DomainTarget;

  constructor(scope: Construct, id: string, props: ApiDomainProps) {
    super(scope, id);
    const { ipv6 = true } = props;
    const domain = new Apigatewayv2DomainName(this, "name", {
      domainName: props.name,
      domainNameConfiguration: {
        certificateArn: props.certificateArn,
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
        ipAddressType: ipv6 ? "dualstack" : "ipv4",
      },
      tags: { Name: props.name },
    });
    new Apigatewayv2ApiMapping(this, "mapping", {
      apiId: props.apiId,
      domainName: domain.id,
      stage: props.stageId,
    });
    const { targetDomainName, hostedZoneId } = domain.domainNameConfiguration;
    this.target = { domainName: targetDomainName, hostedZoneId };
    if (props.hostedZoneId === undefined) return;
    for (const [id, type] of ipv6
      ? ([
          ["record", "A"],
          ["record-ipv6", "AAAA"],
        ] as const)
      : ([["record", "A"]] as const)) {
      new Route53Record(this, id, {
        zoneId: props.hostedZoneId,
        name: props.name,
        type,
        alias: { name: targetDomainName, zoneId: hostedZoneId, evaluateTargetHealth: false },
      });
    }
  }
}
