import { Postgres, type PostgresProps } from "@groundplan/modules/service";
import { synthesized } from "../network/synthesized";
import { faultsOf } from "./made";

const DATABASE: PostgresProps = {
  name: "groundplan-dev-shop",
  vpcId: "vpc-1",
  subnetIds: ["subnet-1", "subnet-2"],
};
const GENERATED = { password: "generated", secretName: "groundplan/dev/shop/database" } as const;
const databaseWith = (change: Partial<PostgresProps> = {}, use: (made: Postgres) => void = () => undefined) =>
  synthesized((scope) => use(new Postgres(scope, "shop", { ...DATABASE, ...change })));

test("it has no public address, is encrypted, asks for TLS, and cannot be deleted by mistake", () => {
  const stack = databaseWith();
  expect(stack.one("aws_db_instance")).toMatchObject({
    engine: "postgres",
    publicly_accessible: false,
    storage_encrypted: true,
    deletion_protection: true,
    skip_final_snapshot: false,
    final_snapshot_identifier: "groundplan-dev-shop-final",
    backup_retention_period: 7,
    copy_tags_to_snapshot: true,
    auto_minor_version_upgrade: true,
    iam_database_authentication_enabled: true,
  });
  expect(stack.one("aws_db_parameter_group")).toMatchObject({
    family: "postgres17",
    parameter: [
      { name: "rds.force_ssl", value: "1" },
      { name: "log_min_duration_statement", value: "1000" },
    ],
  });
  // Nobody is let in who is not named.
  expect(stack.paths("aws_vpc_security_group_ingress_rule")).toEqual([]);
});

test("RDS keeps the password itself unless one is generated, and then no state has it", () => {
  const stack = databaseWith();
  expect(stack.one("aws_db_instance")).toMatchObject({ manage_master_user_password: true });
  expect(stack.one("aws_db_instance")).not.toHaveProperty("password");
  expect(stack.paths("aws_secretsmanager_secret")).toEqual([]);
});

test("a generated password stands in the secret and in the instance, and is written anew with another instance only", () => {
  const stack = databaseWith({ ...GENERATED, recoveryWindowDays: 0, secretTags: { reader: "shop" } });
  const password = `data.${stack.address("aws_secretsmanager_random_password", "shop/password")}.random_password`;
  const instance = stack.address("aws_db_instance", "shop/instance");
  expect(stack.one("aws_secretsmanager_random_password")).toEqual({
    password_length: 32,
    exclude_punctuation: true,
    require_each_included_type: true,
  });
  expect(stack.one("aws_db_instance")).toMatchObject({
    password: `\${${password}}`,
    lifecycle: { ignore_changes: ["password"] },
  });
  expect(stack.one("aws_secretsmanager_secret")).toMatchObject({
    name: "groundplan/dev/shop/database",
    recovery_window_in_days: 0,
    tags: { reader: "shop" },
  });
  const version = stack.one("aws_secretsmanager_secret_version");
  expect(version.lifecycle).toEqual({
    ignore_changes: ["secret_string"],
    replace_triggered_by: [`${instance}.resource_id`],
  });
  expect(version.secret_string).toContain(
    `postgres://postgres:\${${password}}@\${${instance}.address}:5432/app`,
  );
});

test("who is let in is named by a security group", () => {
  const stack = databaseWith({}, (made) => void made.allowFrom("shop", "sg-tasks"));
  expect(stack.one("aws_vpc_security_group_ingress_rule")).toMatchObject({
    referenced_security_group_id: "sg-tasks",
    from_port: 5432,
    to_port: 5432,
  });
  expect(stack.one("aws_vpc_security_group_ingress_rule")).not.toHaveProperty("cidr_ipv4");
});

test("a throw-away database has neither protection nor snapshots nor backups", () => {
  const stack = databaseWith({
    deletionProtection: false,
    finalSnapshot: false,
    backupDays: 0,
    requireTls: false,
    maxStorageGb: 0,
  });
  expect(stack.one("aws_db_instance")).toMatchObject({
    deletion_protection: false,
    skip_final_snapshot: true,
    backup_retention_period: 0,
  });
  expect(stack.one("aws_db_instance")).not.toHaveProperty("final_snapshot_identifier");
  expect(stack.one("aws_db_instance")).not.toHaveProperty("max_allocated_storage");
});

test.each([
  [{ name: "Shop" }, 'RDS instance identifier "Shop"'],
  [{ subnetIds: ["subnet-1"] }, "subnetIds has 1: RDS asks for subnets of two zones"],
  [{ storageGb: 10 }, "storageGb is 10"],
  [{ maxStorageGb: 20 }, "maxStorageGb is 20"],
  [{ backupDays: 36 }, "backupDays is 36"],
  [{ username: "rdsadmin" }, 'username "rdsadmin" is reserved'],
  [{ databaseName: "my-shop" }, 'databaseName "my-shop" is reserved, or has'],
  [{ engineVersion: "latest" }, 'engineVersion "latest"'],
  [{ instanceClass: "t4g.micro" }, 'instanceClass "t4g.micro"'],
  [{ password: "generated" }, "a generated password has no secretName"],
  [{ secretName: "a" }, "secretName is given, and RDS names the secret of a managed password itself"],
  [{ ...GENERATED, recoveryWindowDays: 3 }, "recoveryWindowDays is 3"],
  [{ ...GENERATED, secretName: "shop-AbCdEf" }, "ends with a hyphen and six characters"],
  [{ ...GENERATED, secretName: "my shop" }, 'secretName "my shop" may hold only'],
] satisfies [Partial<PostgresProps>, string][])("refuses %j", (change, what) => {
  expect(faultsOf((scope) => void new Postgres(scope, "shop", { ...DATABASE, ...change }))).toContain(what);
});
