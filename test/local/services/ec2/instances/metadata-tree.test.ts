import {
  identityDocument,
  metadataTree,
  type Notices,
  textAt,
} from "../../../../../local/services/ec2/instances/metadata-tree";
import { listed } from "./instance";

const read = (path: string, more = {}, notices: Notices = {}) =>
  textAt(metadataTree(listed(more), notices), path, "key");

test.each([
  ["instance-id", "i-0123456789abcdef0"],
  ["/placement/availability-zone", "us-east-1a"],
  ["placement/", "availability-zone\nregion"],
  ["public-keys/", "0=key"],
  ["public-keys/0/", "openssh-key"],
  ["public-keys/0/openssh-key", "ssh-ed25519 AAAA key\n"],
  ["tags/instance/", "Name\ngroundplan:runner"],
  ["tags/instance/groundplan:runner", "7"],
  ["network/interfaces/macs/", "02:00:00:00:00:05/"],
  ["network/interfaces/macs/02:00:00:00:00:05/subnet-id", "subnet-1"],
])("answers %s", (path, text) => {
  expect(read(path)).toBe(text);
});

test("folders end with a slash in a list, values do not", () => {
  expect(read("")?.split("\n")).toEqual(
    expect.arrayContaining(["ami-id", "placement/", "public-keys/", "tags/"]),
  );
});

test.each([
  ["no/such", {}],
  ["instance-id/more", {}],
  ["__proto__", {}],
  ["public-keys/", { publicKey: "" }],
  ["public-ipv4", { publicAddress: "" }],
  ["tags/instance/", { metadata: { ...listed().metadata, tellsTags: false } }],
  ["iam/", {}],
  ["spot/instance-action", {}],
  ["events/recommendations/rebalance", {}],
])("planted fault: %s is not there", (path, more) => {
  expect(read(path, more)).toBeUndefined();
});

test("a role's credentials are listed by its name", () => {
  const profile = {
    arn: "arn:aws:iam::1:instance-profile/p",
    id: "AIPA",
    role: "arn:aws:iam::1:role/path/app",
  };
  expect(read("iam/security-credentials/", { profile })).toBe("app");
  expect(JSON.parse(read("iam/info", { profile }) ?? "")).toMatchObject({ InstanceProfileArn: profile.arn });
});

test("a spot instance is told when it ends", () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  expect(JSON.parse(read("spot/instance-action", {}, { interruption: { at } }) ?? "")).toEqual({
    action: "terminate",
    time: "2026-01-02T03:04:05Z",
  });
});

test("a spot instance is told that a rebalance is advised, which is no end", () => {
  const notices = { rebalance: Date.UTC(2026, 0, 2, 3, 4, 5) };
  expect(read("events/recommendations/rebalance", {}, notices)).toBe('{"noticeTime":"2026-01-02T03:04:05Z"}');
  expect(read("spot/instance-action", {}, notices)).toBeUndefined();
});

test("an instance says who it is", () => {
  expect(JSON.parse(identityDocument(listed(), "2026-01-01T00:00:00Z"))).toMatchObject({
    accountId: "123456789012",
    instanceId: "i-0123456789abcdef0",
    privateIp: "10.0.1.5",
    region: "us-east-1",
  });
});
