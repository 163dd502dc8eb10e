import { PrivateSite, type PrivateSiteProps } from "@groundplan/modules/site";
import { viewerFunction } from "@groundplan/modules/site/viewers";
import { synthesized } from "../network/synthesized";

const PROPS: PrivateSiteProps = {
  bucketName: "acme-dev-dashboard",
  description: "Previews of dev",
  region: "us-east-1",
  viewers: ["203.0.113.0/24"],
};

const made = (change: Partial<PrivateSiteProps> = {}) =>
  synthesized((scope) => new PrivateSite(scope, "site", { ...PROPS, ...change }));
const only = (all: ReturnType<typeof made>, type: string) =>
  Object.values(all.all(type))[0] as Record<string, never>;

test("a private bucket that one distribution alone reads, over TLS", () => {
  const all = made();
  expect(only(all, "aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  const { Statement } = JSON.parse(String(only(all, "aws_s3_bucket_policy").policy)) as {
    Statement: readonly { Sid: string; Effect: string; Action: unknown; Condition?: unknown }[];
  };
  expect(Statement.filter(({ Effect }) => Effect === "Allow")).toEqual([
    expect.objectContaining({
      Sid: "ReadByDistribution",
      Action: "s3:GetObject",
      Condition: {
        StringEquals: { "aws:SourceArn": expect.stringContaining("aws_cloudfront_distribution") },
      },
    }),
  ]);
  expect(only(all, "aws_cloudfront_origin_access_control")).toMatchObject({
    signing_behavior: "always",
    signing_protocol: "sigv4",
  });
  expect(only(all, "aws_cloudfront_distribution")).toMatchObject({
    default_cache_behavior: { viewer_protocol_policy: "redirect-to-https", allowed_methods: ["GET", "HEAD"] },
    default_root_object: "index.html",
    is_ipv6_enabled: false,
  });
});

test("a name of one's own needs TLS 1.2, and everybody is written in full", () => {
  const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/x";
  const all = made({ viewers: "everybody", domain: { name: "previews.acme.com", certificateArn } });
  expect(only(all, "aws_cloudfront_distribution")).toMatchObject({
    aliases: ["previews.acme.com"],
    viewer_certificate: { minimum_protocol_version: "TLSv1.2_2021", ssl_support_method: "sni-only" },
    is_ipv6_enabled: true,
  });
  expect(all.all("aws_cloudfront_function")).toEqual({});
});

test("what is no range, no range at all, and no name of a bucket are refused", () => {
  expect(() => made({ viewers: ["203.0.113.0", "300.0.0.0/8", "::/0"], bucketName: "A" })).toThrow(
    /203\.0\.113\.0"[\s\S]*300\.0\.0\.0\/8[\s\S]*::\/0[\s\S]*bucketName/,
  );
  expect(() => made({ viewers: [] })).toThrow(/nobody could see the page/);
});

test.each([
  ["203.0.113.7", true],
  ["203.0.114.0", false],
  ["203.0.112.255", false],
  ["10.255.255.255", true],
  ["11.0.0.0", false],
  ["192.0.2.1", true],
  ["192.0.2.2", false],
  ["2001:db8::1", false],
  ["", false],
])("a viewer at %s gets in: %s", (ip, isIn) => {
  const code = viewerFunction(["203.0.113.99/24", "10.0.0.0/8", "192.0.2.1/32"]);
  const handler = new Function(`${code}; return handler;`)() as (event: object) => { statusCode?: number };
  const request = { uri: "/" };
  expect(handler({ viewer: { ip }, request })).toEqual(
    isIn ? request : { statusCode: 403, statusDescription: "Forbidden" },
  );
});
