import { Apigatewayv2ApiMapping } from "@cdktf/provider-aws/lib/apigatewayv2-api-mapping";
import { Apigatewayv2DomainName } from "@cdktf/provider-aws/lib/apigatewayv2-domain-name";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { DomainSettings } from "./http-api-props";

/** Properties of {@link ApiDomain}. */
export interface ApiDomainProps extends DomainSettings {
  readonly apiId: string;
  readonly stageId: string;
}

/**
 * A custom domain of an HTTP API: TLS 1.2 or newer, and a record if its zone is given.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
 */
export class ApiDomain extends Construct {
  constructor(scope: Construct, id: string, props: ApiDomainProps) {
    super(scope, id);
    const domain = new Apigatewayv2DomainName(this, "name", {
      domainName: props.name,
      domainNameConfiguration: {
        certificateArn: props.certificateArn,
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
      tags: { Name: props.name },
    });
    new Apigatewayv2ApiMapping(this, "mapping", {
      apiId: props.apiId,
      domainName: domain.id,
      stage: props.stageId,
    });
    if (props.hostedZoneId !== undefined) {
      const { targetDomainName, hostedZoneId } = domain.domainNameConfiguration;
      new Route53Record(this, "record", {
        zoneId: props.hostedZoneId,
        name: props.name,
        type: "A",
        alias: { name: targetDomainName, zoneId: hostedZoneId, evaluateTargetHealth: false },
      });
    }
  }
}
