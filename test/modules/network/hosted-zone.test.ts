import { HostedZone, type HostedZoneLookupOptions } from "@groundplan/modules/network";
import { Certificate, type CertificateProps } from "@groundplan/modules/service";
import { Token } from "cdktf";
import { synthesized } from "./synthesized";

const ZONE = { hostedZoneId: "Z0123456789ABCDEFGHIJ", zoneName: "example.com" };

test("a zone that is there takes the record of a certificate for a name in it", () => {
  const zone = HostedZone.fromHostedZoneAttributes(ZONE);
  expect([zone.nameOf(), zone.nameOf("shop")]).toEqual(["example.com", "shop.example.com"]);
  const props: CertificateProps = { domainName: zone.nameOf("shop"), hostedZoneId: zone.hostedZoneId };
  const made = synthesized((scope) => void new Certificate(scope, "certificate", props));
  expect(made.one("aws_acm_certificate").domain_name).toBe("shop.example.com");
  expect(made.one("aws_route53_record").zone_id).toBe(ZONE.hostedZoneId);
});

test("what Terraform alone knows is not judged", () => {
  const hostedZoneId = Token.asString({ resolve: () => "${aws_route53_zone.own.zone_id}" });
  expect(() => HostedZone.fromHostedZoneAttributes({ ...ZONE, hostedZoneId })).not.toThrow();
});

test.each<[string, Partial<typeof ZONE>, RegExp]>([
  ["an ARN for the id", { hostedZoneId: "arn:aws:route53:::hostedzone/Z0123" }, /hostedZoneId is "arn/],
  ["a URL for the domain", { zoneName: "https://example.com" }, /zoneName is "https/],
  ["a domain with a dot at its end", { zoneName: "example.com." }, /zoneName is "example.com."/],
])("planted fault: %s", (_, change, message) => {
  expect(() => HostedZone.fromHostedZoneAttributes({ ...ZONE, ...change })).toThrow(message);
});

test("a zone is looked up by its domain: a public one, or the private one of a VPC", () => {
  const made = synthesized((scope) => {
    const zone = HostedZone.fromLookup(scope, "public", { domainName: "example.com" });
    expect(zone.nameOf("shop")).toBe("shop.example.com");
    new Certificate(scope, "certificate", {
      domainName: zone.nameOf("shop"),
      hostedZoneId: zone.hostedZoneId,
    });
    HostedZone.fromLookup(scope, "private", {
      domainName: "corp.example.com",
      privateZone: true,
      vpcId: "vpc-0123",
    });
  });
  expect(made.all("aws_route53_zone")).toEqual({
    public: { name: "example.com", private_zone: false },
    private: { name: "corp.example.com", private_zone: true, vpc_id: "vpc-0123" },
  });
  expect(made.one("aws_route53_record").zone_id).toBe(
    `\${data.${made.address("aws_route53_zone", "public")}.zone_id}`,
  );
});

test.each<[string, HostedZoneLookupOptions, RegExp]>([
  ["a URL for the domain", { domainName: "https://example.com" }, /domainName is "https/],
  ["a VPC of a public zone", { domainName: "example.com", vpcId: "vpc-0123" }, /a public zone has no VPC/],
])("planted fault in a lookup: %s", (_, options, message) => {
  expect(() => synthesized((scope) => void HostedZone.fromLookup(scope, "zone", options))).toThrow(message);
});
