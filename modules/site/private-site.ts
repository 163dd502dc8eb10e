import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control";
import { CloudfrontResponseHeadersPolicy } from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy";
import { Construct } from "constructs";
import { SecureBucket } from "../bucket";
import { Faults } from "../core";
import { partitionOf } from "../core/partition";
import { viewerFaults, viewerFunction } from "./viewers";

/** AWS's own policy `CachingOptimized`: an object is kept for as long as it says itself. */
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/** Properties of {@link PrivateSite}. */
export interface PrivateSiteProps {
  /** Name of the bucket, unique in all of AWS, which other names begin with too; 3 to 50 characters. */
  readonly bucketName: string;

  /** What the pages are, in a sentence. */
  readonly description: string;

  /** AWS Region of the bucket. */
  readonly region: string;

  /** Who may see the pages: ranges of IPv4 addresses, or `everybody` who knows the address. */
  readonly viewers: readonly string[] | "everybody";

  /**
   * A name of one's own, and the ARN of its certificate in us-east-1.
   *
   * @default - the name that CloudFront gives, `<id>.cloudfront.net`
   */
  readonly domain?: { readonly name: string; readonly certificateArn: string };

  /**
   * Keeps Terraform from destroying the bucket, and from emptying it.
   *
   * @default false: its pages are made anew at any time
   */
  readonly deletionProtection?: boolean;
}

/**
 * Static pages from a private bucket by CloudFront: over TLS alone, readable by this one distribution alone, with headers
 * that keep others from framing or listing them.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
export class PrivateSite extends Construct {
  /** Name of the bucket into which the pages are put. */
  readonly bucketName: string;

  /** Where the pages are, without a slash at the end. */
  readonly url: string;

  /** @throws SynthError when viewers are none. */
  constructor(scope: Construct, id: string, props: PrivateSiteProps) {
    super(scope, id);
    const { bucketName, region, viewers, domain, description, deletionProtection = false } = props;
    const faults = new Faults();
    if (viewers !== "everybody") faults.addAll(viewerFaults(viewers));
    if (!/^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$/.test(bucketName))
      faults.add(
        `bucketName is ${JSON.stringify(bucketName)}`,
        'use 3 to 50 characters, e.g. "acme-dev-dashboard"',
      );
    faults.throwIfAny(this);
    const access = new CloudfrontOriginAccessControl(this, "access", {
      name: bucketName,
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    const headers = new CloudfrontResponseHeadersPolicy(this, "headers", {
      name: bucketName,
      securityHeadersConfig: {
        contentSecurityPolicy: { contentSecurityPolicy: "frame-ancestors 'none'", override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: "DENY", override: true },
        referrerPolicy: { referrerPolicy: "no-referrer", override: true },
        strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, override: true },
      },
      customHeadersConfig: {
        items: [{ header: "x-robots-tag", value: "noindex, nofollow", override: true }],
      },
    });
    const guard =
      viewers === "everybody"
        ? undefined
        : new CloudfrontFunction(this, "viewers", {
            name: `${bucketName}-viewers`,
            runtime: "cloudfront-js-2.0",
            comment: "Lets viewers of some ranges in",
            publish: true,
            code: viewerFunction(viewers),
          });
    const distribution = new CloudfrontDistribution(this, "distribution", {
      enabled: true,
      comment: description,
      defaultRootObject: "index.html",
      httpVersion: "http2and3",
      // The ranges are of IPv4.
      isIpv6Enabled: guard === undefined,
      priceClass: "PriceClass_100",
      ...(domain === undefined ? {} : { aliases: [domain.name] }),
      origin: [
        {
          originId: "bucket",
          // By its name, and not by the resource: the bucket's policy names the distribution.
          domainName: `${bucketName}.s3.${region}.amazonaws.com`,
          originAccessControlId: access.id,
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: "bucket",
        viewerProtocolPolicy: "redirect-to-https",
        allowedMethods: ["GET", "HEAD"],
        cachedMethods: ["GET", "HEAD"],
        compress: true,
        cachePolicyId: CACHING_OPTIMIZED,
        responseHeadersPolicyId: headers.id,
        ...(guard === undefined
          ? {}
          : { functionAssociation: [{ eventType: "viewer-request", functionArn: guard.arn }] }),
      },
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate:
        domain === undefined
          ? { cloudfrontDefaultCertificate: true }
          : {
              acmCertificateArn: domain.certificateArn,
              sslSupportMethod: "sni-only",
              minimumProtocolVersion: "TLSv1.2_2021",
            },
      tags: { Name: bucketName },
    });
    const bucket = new SecureBucket(this, "bucket", {
      bucketName,
      region,
      deletionProtection,
      // The pages are made anew: an older one helps nobody.
      versioned: false,
      policyStatements: [
        {
          Sid: "ReadByDistribution",
          Effect: "Allow",
          Principal: { Service: "cloudfront.amazonaws.com" },
          Action: "s3:GetObject",
          Resource: `arn:${partitionOf(region)}:s3:::${bucketName}/*`,
          Condition: { StringEquals: { "aws:SourceArn": distribution.arn } },
        },
      ],
    });
    this.bucketName = bucket.policy.bucket;
    this.url = `https://${domain?.name ?? distribution.domainName}`;
  }
}
