import { CREATE_DATABASE, DROP_DATABASE } from "../../previews/database-setup";
import { containerOf } from "../modules/service/made";
import { faultsOf, previewOf } from "./documents";

const shared = (change: object = {}) =>
  previewOf({ template: "api-database", database: "shared", ...change });

test("a shared server: the administrator's secret is read by the task that makes the database, and never by the app", () => {
  const { stack, text } = shared();
  const app = containerOf(stack, "service/task/definition");
  expect(app.secrets).toMatchObject([{ name: "API_KEY" }, { name: "DATABASE_URL" }, { name: "PGPASSWORD" }]);
  expect(JSON.stringify(app)).not.toContain("database.secretArn");
  const setup = containerOf(stack, "database/setup/definition");
  expect(setup.image).toBe("public.ecr.aws/docker/library/postgres:17-alpine");
  expect(JSON.stringify(setup.secrets)).toContain("database.secretArn");
  // The two run as different roles: that of the app reads only what has the previews' tag.
  const policies = stack.all("aws_iam_role_policy");
  expect(String(policies["service/task/roles/execution-policy"]?.policy)).not.toContain("database.secretArn");
  expect(String(policies["database/setup/roles/execution-policy"]?.policy)).toContain("database.secretArn");
  expect(text).not.toMatch(/"PASSWORD"|"ROLE_PASSWORD","value"/);
});

test("a preview gets a database and a role of its own name, and the secret goes at once with it", () => {
  const { stack, json } = shared();
  expect(json.output.preview?.value).toMatchObject({ database: { name: "db_preview_payment_api" } });
  expect(stack.one("aws_secretsmanager_secret")).toMatchObject({
    name: "groundplan/dev/previews/preview-payment-api/database",
    recovery_window_in_days: 0,
    tags: { "idp:previews": "allowed", "idp:environment": "preview-payment-api" },
  });
  expect(containerOf(stack, "service/task/definition").environment).toContainEqual({
    name: "PGDATABASE",
    value: "db_preview_payment_api",
  });
});

test("what is run before the code: the database first, then the migration; and what before the destroy", () => {
  const { stack, json } = shared({ config: { migrate: ["npm", "run", "migrate"] } });
  expect(json.output.before_service?.value).toMatchObject([
    { id: "database", container: "psql", log_group: "/groundplan/dev/previews/preview-payment-api/database" },
    { id: "migrate", container: "app", log_group: "/groundplan/dev/previews/preview-payment-api" },
  ]);
  expect(json.output.before_destroy?.value).toMatchObject([{ id: "drop-database" }]);
  expect(json.output.preview?.value).toMatchObject({
    migration: { task_definition: expect.stringContaining("aws_ecs_task_definition.") },
  });
  expect(containerOf(stack, "service/task/migrate")).toMatchObject({ command: ["npm", "run", "migrate"] });
  const needed = (stack.one("terraform_data") as { depends_on: readonly string[] }).depends_on;
  expect(needed).toContain(stack.address("aws_ecs_task_definition", "service/task/migrate"));
  expect(needed).toContain(stack.address("aws_vpc_security_group_ingress_rule", "database/from-tasks"));
  expect(needed).toContain(stack.address("aws_secretsmanager_secret_version", "database/secret/version"));
  // Nothing that starts the code.
  expect(needed.filter((address) => /^aws_(?:ecs_service|lb_listener_rule|scheduler)/.test(address))).toEqual(
    [],
  );
});

test("what the tasks are told of is below the one address too, in a network of its own as in the shared one", () => {
  for (const change of [{}, { database: "own", network: "own" }]) {
    const { stack } = shared({ config: { migrate: ["migrate"] }, ...change });
    const { depends_on: needed } = stack.one("terraform_data") as { depends_on: readonly string[] };
    // The cluster's name: Terraform gives no output of which a part is not made or read by then.
    expect(needed.filter((address) => address.startsWith("data.aws_ssm_parameter."))).toHaveLength(1);
  }
});

test("without a database and a migration nothing is run before", () => {
  const { stack, json } = previewOf();
  expect(stack.paths("terraform_data")).toEqual([]);
  expect(json.output).not.toHaveProperty("before_service");
});

test("an instance of its own is private, and ends without a snapshot", () => {
  const { stack, json } = previewOf({ template: "api-database", database: "own" });
  expect(stack.one("aws_db_instance")).toMatchObject({
    publicly_accessible: false,
    storage_encrypted: true,
    skip_final_snapshot: true,
    backup_retention_period: 0,
    deletion_protection: false,
  });
  expect(json.output.preview?.value).toMatchObject({
    database: { instance: expect.stringContaining("aws_db_instance.") },
  });
  expect(json.output).not.toHaveProperty("before_service");
});

test("faults: no database where one is needed, and a shared one from another network", () => {
  expect(faultsOf({ template: "api-database" })).toContain(
    'template api-database has a database, and database is "none"',
  );
  expect(faultsOf({ template: "api-database", database: "shared", network: "own" })).toContain(
    "network is own and database is shared",
  );
});

test("the statements take names and the password from the environment alone, and quote them on the server", () => {
  for (const script of [CREATE_DATABASE, DROP_DATABASE]) {
    // A quoted here-document: the shell replaces nothing in it.
    expect(script).toContain("<<'SQL'");
    expect(script).not.toContain("$");
    expect(script).toContain("ON_ERROR_STOP=1");
  }
});

test("a worker runs at its times, turned on and off by sleep and wake", () => {
  const { stack, json } = previewOf({
    template: "scheduled-worker",
    config: { schedule: { expression: "rate(1 hour)" } },
  });
  expect(stack.one("aws_scheduler_schedule", "worker/schedule")).toMatchObject({
    lifecycle: { ignore_changes: ["state"] },
  });
  expect(json.output.preview?.value).toMatchObject({
    schedule: { name: expect.any(String) },
    container: "app",
  });
  expect(json.output.preview?.value).not.toHaveProperty("endpoint");
  expect(faultsOf({ template: "scheduled-worker" })).toContain("at template scheduled-worker");
});
