import { cachePrefix, UPSTREAMS, type Upstream } from "@groundplan/modules/registry";
import { cachePrefixFaults, credentialFaults } from "../../../modules/registry/upstreams";

const PLACE = { account: "123456789012", region: "us-east-1" };
const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/docker-hub-AbCdEf";
const upstreams = Object.keys(UPSTREAMS) as Upstream[];

test.each(["ab", "dev/ecr-public", "a.b_c-d/e", "x".repeat(30)])("prefix %j", (prefix) => {
  expect(cachePrefixFaults(prefix)).toEqual([]);
});

test.each(["a", "x".repeat(31), "Dev/quay", "/dev", "dev/", "a//b", "a--b"])(
  "prefix %j is refused",
  (prefix) => {
    const faults = cachePrefixFaults(prefix);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.what).toContain(`cache prefix ${JSON.stringify(prefix)} is not one that ECR takes`);
  },
);

test("an environment's longest name leaves room for every upstream", () => {
  expect(upstreams.flatMap((upstream) => cachePrefixFaults(`${"e".repeat(16)}/${upstream}`))).toEqual([]);
});

test("a credential is asked of those who ask for one, and may be given to all", () => {
  const without = upstreams.filter((upstream) => credentialFaults(upstream, undefined, PLACE).length > 0);
  expect(without).toEqual(["docker-hub", "github", "gitlab"]);
  expect(upstreams.flatMap((upstream) => credentialFaults(upstream, SECRET, PLACE))).toEqual([]);
  expect(credentialFaults("github", `\${aws_secretsmanager_secret.github.arn}`, PLACE)).toEqual([]);
});

test.each([
  [
    "name",
    SECRET.replace("ecr-pullthroughcache/", "docker/"),
    'whose name begins with "ecr-pullthroughcache/"',
  ],
  ["kind", "arn:aws:iam::123456789012:role/x", 'whose name begins with "ecr-pullthroughcache/"'],
  ["Region", SECRET.replace("us-east-1", "eu-west-1"), "is not in the registry's own account and Region"],
  [
    "account",
    SECRET.replace("123456789012", "210987654321"),
    "is not in the registry's own account and Region",
  ],
])("a secret of the wrong %s is refused", (_part, credentialArn, what) => {
  const faults = credentialFaults("docker-hub", credentialArn, PLACE);
  expect(faults.map((fault) => fault.what)).toEqual([expect.stringContaining(what)]);
  expect(faults[0]?.instead).toContain("us-east-1:123456789012:secret:ecr-pullthroughcache/docker-hub");
});

test("a cache's prefix is the platform and the environment, with every upstream behind it", () => {
  expect(cachePrefix("groundplan", "staging")).toBe("groundplan/staging");
  for (const upstream of upstreams)
    expect(cachePrefixFaults(`${cachePrefix("groundplan", "staging")}/${upstream}`)).toEqual([]);
});

test("a prefix that ECR would refuse for its length is cut, and two cut ones stay two", () => {
  const long = cachePrefix("p".repeat(20), "e".repeat(16));
  expect(long).toMatch(/^p{10}-[0-9a-f]{8}$/);
  for (const upstream of upstreams) expect(cachePrefixFaults(`${long}/${upstream}`)).toEqual([]);
  expect(long).not.toBe(cachePrefix("p".repeat(20), "f".repeat(16)));
});
