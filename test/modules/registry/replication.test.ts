import { RegistryReplication, type RegistryReplicationProps } from "@groundplan/modules/registry";
import { synthesized } from "../network/synthesized";

const VALID: RegistryReplicationProps = {
  account: "123456789012",
  region: "us-east-1",
  destinations: [{ region: "eu-west-1" }, { region: "us-east-1", account: "210987654321" }],
  prefixes: ["groundplan/dev/"],
};
const replicated = (change: Partial<RegistryReplicationProps> = {}) =>
  synthesized((scope) => void new RegistryReplication(scope, "replication", { ...VALID, ...change }));

test("images of the environment are copied, to another Region and another account", () => {
  expect(replicated().one("aws_ecr_replication_configuration")).toEqual({
    replication_configuration: {
      rule: [
        {
          destination: [
            { region: "eu-west-1", registry_id: "123456789012" },
            { region: "us-east-1", registry_id: "210987654321" },
          ],
          repository_filter: [{ filter: "groundplan/dev/", filter_type: "PREFIX_MATCH" }],
        },
      ],
    },
  });
});

test.each<[string, Partial<RegistryReplicationProps>, RegExp]>([
  ["nowhere", { destinations: [] }, /destinations has 0/],
  ["nothing", { prefixes: [] }, /prefixes has 0/],
  ["to itself", { destinations: [{ region: "us-east-1" }] }, /is the registry itself/],
  ["twice", { destinations: [{ region: "eu-west-1" }, { region: "eu-west-1" }] }, /is listed twice/],
  [
    "to no account",
    { destinations: [{ region: "eu-west-1", account: "1" }] },
    /is not an account and a Region/,
  ],
])("planted fault: images are copied %s", (_, change, message) => {
  expect(replicated).not.toThrow();
  expect(() => replicated(change)).toThrow(message);
});

test("planted fault: an account has two in a Region; in another one each has its own", () => {
  const two = (change: Partial<RegistryReplicationProps>) => () =>
    synthesized((scope) => {
      new RegistryReplication(scope, "first", VALID);
      new RegistryReplication(scope, "second", { ...VALID, ...change });
    });
  expect(two({ prefixes: ["shop/dev/"] })).toThrow(
    /account 123456789012 in us-east-1 has one replication configuration, and .*first is it/,
  );
  expect(two({ region: "us-west-2" })).not.toThrow();
  expect(two({ account: "333333333333" })).not.toThrow();
});
