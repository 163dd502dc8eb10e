import { isOfInternet, OutsideNames } from "../../../local/hosts/outside-names";

test("a name has one address, which leads to it at the ports of HTTP and HTTPS", async () => {
  const led: string[] = [];
  const names = new OutsideNames(async (name, port, address) => void led.push(`${address}:${port} ${name}`));
  const both = await Promise.all([names.addressOf("deb.debian.org"), names.addressOf("deb.debian.org")]);
  expect(both).toEqual(["198.18.0.1", "198.18.0.1"]);
  expect(await names.addressOf("github.com")).toBe("198.18.0.2");
  expect(led).toEqual([
    "198.18.0.1:80 deb.debian.org",
    "198.18.0.1:443 deb.debian.org",
    "198.18.0.2:80 github.com",
    "198.18.0.2:443 github.com",
  ]);
});

test("planted fault: a machine that asks for names without end gets no more of them", async () => {
  const names = new OutsideNames(async () => undefined);
  const given = new Set<string | undefined>();
  for (let number = 0; number < 5000; number += 1) given.add(await names.addressOf(`n${number}.example.com`));
  expect(given.size).toBe(4097);
  expect(given).toContain("198.18.16.0");
  expect(given).toContain(undefined);
});

test.each([
  ["awscli.amazonaws.com", true],
  ["amazoncloudwatch-agent-us-east-1.s3.us-east-1.amazonaws.com", true],
  ["objects.githubusercontent.com", true],
  ["_https._tcp.deb.debian.org", true],
  ["xn--bcher-kva.example", true],
  ["ec2.us-east-1.amazonaws.com", false],
  ["bucket.s3.us-east-1.amazonaws.com", false],
  ["sqs.us-east-1.api.aws", false],
  ["ip-10-0-1-5.ec2.internal", false],
  ["254.169.254.169.in-addr.arpa", false],
  ["app.localhost", false],
  ["web", false],
  ["1.2.3.4", false],
  ["a..b.com", false],
  ["a b.com", false],
  ["a.com\n22.com", false],
])("%j leads outside: %p", (name, leads) => {
  expect(isOfInternet(name)).toBe(leads);
});
