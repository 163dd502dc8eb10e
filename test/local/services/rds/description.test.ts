import {
  describedInstance,
  fullVersion,
  hostNameOf,
  majorVersion,
} from "../../../../local/services/rds/description";
import type { Instance } from "../../../../local/services/rds/state";

const PLACE = { account: "123456789012", region: "us-east-1" };
const INSTANCE: Instance = {
  identifier: "app",
  resourceId: "db-0123456789ABCDEF",
  arn: "arn:aws:rds:us-east-1:123456789012:db:app",
  status: "available",
  settings: {
    Engine: "postgres",
    EngineVersion: "17",
    DBInstanceClass: "db.t4g.micro",
    MasterUsername: "postgres",
    Port: "5433",
  },
  securityGroups: ["sg-1"],
  logExports: ["postgresql"],
  tags: [{ Key: "a", Value: "<b>" }],
  createdAt: "2026-01-01T00:00:00.000Z",
};

test("a major version is told with its minor one, and a whole one as it is", () => {
  expect(fullVersion("17")).toBe("17.6");
  expect(fullVersion("16.4")).toBe("16.4");
  expect(majorVersion("16.4")).toBe(16);
});

test("its address is there from when it has been made, under localhost", () => {
  expect(hostNameOf(INSTANCE, PLACE)).toBe("app.0123456789ab.us-east-1.rds.localhost");
  expect(describedInstance(INSTANCE, PLACE, undefined)).toMatchObject({
    Endpoint: { Port: 5433 },
    DBInstanceStatus: "available",
  });
  expect(describedInstance({ ...INSTANCE, status: "creating" }, PLACE, undefined)).not.toHaveProperty(
    "Endpoint",
  );
});

test("the secret of the administrator is told where RDS keeps one, and never a password", () => {
  const settings = { ...INSTANCE.settings, MasterUserPassword: "hidden-one" };
  const described = describedInstance({ ...INSTANCE, settings, secretArn: "arn:secret" }, PLACE, undefined);
  expect(described).toMatchObject({ MasterUserSecret: { SecretArn: "arn:secret", SecretStatus: "active" } });
  expect(JSON.stringify(described)).not.toContain("hidden-one");
  expect(describedInstance(INSTANCE, PLACE, undefined)).not.toHaveProperty("MasterUserSecret");
});
