import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { DataAwsAcmCertificate } from "@cdktf/provider-aws/lib/data-aws-acm-certificate";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { Fault } from "../core";
import { type ICertificate, importedCertificate } from "./imported";

/** A certificate of ACM that is made for a load balancer. */
export interface CertificateProps {
  /** Name that it is for, e.g. `previews.example.com`. */
  readonly domainName: string;

  /**
   * Whether it is for all names right below `domainName` as well, e.g. `*.previews.example.com`.
   *
   * @default false
   */
  readonly wildcard?: boolean;

  /** Hosted zone of Route 53 in which the name is proved. */
  readonly hostedZoneId: string;
}

/**
 * A certificate that ACM issues once a record in the zone proves the name, and renews as long as it stands.
 *
 * A name and its wildcard are proved by one and the same record, so one is enough.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 */
export class Certificate extends Construct implements ICertificate {
  /** ARN of the certificate, known once it is issued. */
  readonly certificateArn: string;

  /** A certificate that is there already. @throws SynthError when the ARN is not that of a certificate. */
  static fromCertificateArn(certificateArn: string): ICertificate {
    return importedCertificate(certificateArn);
  }

  /**
   * The newest issued certificate of a name, looked up when Terraform plans: in the Region of the stack.
   *
   * @param domainName - first name of the certificate, e.g. `example.com` or `*.example.com`.
   */
  static fromLookup(scope: Construct, id: string, domainName: string): ICertificate {
    const found = new DataAwsAcmCertificate(scope, id, {
      domain: domainName,
      statuses: ["ISSUED"],
      mostRecent: true,
    });
    return { certificateArn: found.arn };
  }

  constructor(
    scope: Construct,
    id: string,
    { domainName, wildcard = false, hostedZoneId }: CertificateProps,
  ) {
    super(scope, id);
    const certificate = new AcmCertificate(this, "certificate", {
      domainName,
      ...(wildcard ? { subjectAlternativeNames: [`*.${domainName}`] } : {}),
      validationMethod: "DNS",
      // A listener uses the old one until it has the new one.
      lifecycle: { createBeforeDestroy: true },
      tags: { Name: domainName },
    });
    const proof = certificate.domainValidationOptions.get(0);
    const record = new Route53Record(this, "proof", {
      zoneId: hostedZoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 300,
      // The same record proves the next certificate of this name, before the old one goes.
      allowOverwrite: true,
    });
    this.certificateArn = new AcmCertificateValidation(this, "issued", {
      certificateArn: certificate.arn,
      validationRecordFqdns: [record.fqdn],
    }).certificateArn;
  }
}

/** The faults of a certificate's name. */
export function certificateFaults({ domainName }: CertificateProps): readonly Fault[] {
  if (
    domainName.includes("${") ||
    /^(?=.{1,253}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z0-9-]{2,63}$/.test(domainName)
  )
    return [];
  return [
    {
      what: `domainName ${JSON.stringify(domainName)} is not a DNS name`,
      instead: 'use e.g. "shop.example.com"',
    },
  ];
}
