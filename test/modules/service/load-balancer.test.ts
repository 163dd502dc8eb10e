import { Certificate, LoadBalancer, type LoadBalancerProps } from "@groundplan/modules/service";
import { TerraformOutput } from "cdktf";
import { synthesized } from "../network/synthesized";
import { BALANCER, balancerWith, faultsOf } from "./made";

const faults = (change: Partial<LoadBalancerProps>) =>
  faultsOf((scope) => void new LoadBalancer(scope, "balancer", { ...BALANCER, ...change }));

test("HTTP is sent on to HTTPS, and nothing is served without TLS 1.2", () => {
  const stack = balancerWith();
  expect(stack.one("aws_lb_listener", "balancer/http")).toMatchObject({
    port: 80,
    protocol: "HTTP",
    default_action: [
      { type: "redirect", redirect: { protocol: "HTTPS", port: "443", status_code: "HTTP_301" } },
    ],
  });
  expect(stack.one("aws_lb_listener", "balancer/https")).toMatchObject({
    port: 443,
    protocol: "HTTPS",
    ssl_policy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
    default_action: [{ type: "fixed-response", fixed_response: { status_code: "404" } }],
  });
  expect(stack.one("aws_lb")).toMatchObject({
    internal: false,
    drop_invalid_header_fields: true,
    enable_deletion_protection: true,
    access_logs: { enabled: true },
  });
});

test("a certificate is made, and proved by one record for the name and its wildcard", () => {
  const stack = balancerWith();
  expect(stack.one("aws_acm_certificate")).toMatchObject({
    domain_name: "dev.example.com",
    subject_alternative_names: ["*.dev.example.com"],
    validation_method: "DNS",
    lifecycle: { create_before_destroy: true },
  });
  expect(stack.one("aws_route53_record")).toMatchObject({ zone_id: "Z1", allow_overwrite: true });
  const issued = stack.address("aws_acm_certificate_validation", "balancer/certificate/issued");
  expect(stack.one("aws_lb_listener", "balancer/https").certificate_arn).toBe(
    `\${${issued}.certificate_arn}`,
  );
});

test("a given certificate makes none, and names of a zone lead to the load balancer", () => {
  const arn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";
  const stack = balancerWith({
    certificate: { arn },
    names: { hostedZoneId: "Z1", hostNames: ["*.dev.example.com"] },
  });
  expect(stack.paths("aws_acm_certificate")).toEqual([]);
  expect(stack.one("aws_lb_listener", "balancer/https").certificate_arn).toBe(arn);
  expect(stack.one("aws_route53_record")).toMatchObject({ type: "A", name: "*.dev.example.com" });
});

test("only the load balancers of the account write into the bucket of the logs", () => {
  const policy = JSON.parse(String(balancerWith().one("aws_s3_bucket_policy").policy));
  expect(policy.Statement.at(-1)).toMatchObject({
    Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
    Resource: "arn:aws:s3:::groundplan-dev-balancer-logs/AWSLogs/123456789012/*",
    Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
  });
  expect(balancerWith({ accessLogs: "none" }).paths("aws_s3_bucket")).toEqual([]);
});

test("it asks targets within the VPC alone, and is asked from the ranges that are named", () => {
  const stack = balancerWith({ allowedCidrs: ["203.0.113.0/24"] });
  expect(stack.one("aws_vpc_security_group_egress_rule")).toMatchObject({ cidr_ipv4: "10.0.0.0/16" });
  const rules = Object.values(stack.all("aws_vpc_security_group_ingress_rule"));
  expect(rules.map(({ from_port, cidr_ipv4 }) => [from_port, cidr_ipv4])).toEqual([
    [80, "203.0.113.0/24"],
    [443, "203.0.113.0/24"],
  ]);
});

test.each([
  [{ subnetIds: ["subnet-1"] }, "subnetIds has 1: a load balancer stands in two zones or more"],
  [{ allowedCidrs: [] }, "allowedCidrs is empty"],
  [{ allowedCidrs: ["anybody"] }, 'allowedCidrs has "anybody"'],
  [
    { certificate: { arn: "arn:aws:iam::123456789012:server-certificate/a" } },
    "is not the ARN of a certificate of ACM",
  ],
  [{ certificate: { domainName: "no name", hostedZoneId: "Z1" } }, 'domainName "no name" is not a DNS name'],
  [{ accessLogs: { bucketName: "A" } }, 'S3 bucket name "A"'],
  [{ accessLogs: { bucketName: "logs", retentionDays: 0 } }, "accessLogs.retentionDays is 0"],
  [{ idleSeconds: 4001 }, "idleSeconds is 4001"],
  [{ name: "internal-shop" }, 'load balancer name "internal-shop"'],
] satisfies [Partial<LoadBalancerProps>, string][])("refuses %j", (change, what) => {
  expect(faults(change)).toContain(what);
});

test("a load balancer and a certificate are looked up by their names", () => {
  const made = synthesized((scope) => {
    const found = LoadBalancer.fromLookup(scope, "shared", "shared");
    const { certificateArn } = Certificate.fromLookup(scope, "certificate", "*.example.com");
    new TerraformOutput(scope, "found", { value: { ...found, certificateArn } });
  });
  const balancer = `data.${made.address("aws_lb", "shared/load-balancer")}`;
  expect(made.one("aws_lb")).toEqual({ name: "shared" });
  expect(made.one("aws_lb_listener")).toEqual({ load_balancer_arn: `\${${balancer}.arn}`, port: 443 });
  expect(made.one("aws_acm_certificate")).toEqual({
    domain: "*.example.com",
    statuses: ["ISSUED"],
    most_recent: true,
  });
});
