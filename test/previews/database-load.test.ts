import { containerOf } from "../modules/service/made";
import { faultsOf, previewOf } from "./documents";

const SOURCE = {
  name: "staging",
  host: "db.staging.example.com",
  port: 5432,
  database: "shop",
  secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:staging-AbCdEf",
  securityGroupId: "sg-0123",
  production: true,
  masked: true,
  keep: ["countries.name"],
  mask: [],
};
const DATABASE = { template: "api-database", database: "shared", config: { migrate: ["migrate"] } };

test("a dump is loaded after the database is made and before it is migrated, with the preview's own password alone", () => {
  const { stack, json } = previewOf({ ...DATABASE, data: { seed: "db/seed.sql" } });
  expect(json.output.before_service?.value).toMatchObject([
    { id: "database" },
    { id: "seed", container: "load", log_group: "/groundplan/dev/previews/preview-payment-api/load" },
    { id: "migrate" },
  ]);
  const { secrets, environment } = containerOf(stack, "load/definition");
  expect(secrets).toMatchObject([{ name: "PGPASSWORD" }]);
  expect(JSON.stringify(environment)).not.toContain("SOURCE_");
  const policies = stack.all("aws_iam_role_policy");
  expect(String(policies["load/roles/execution-policy"]?.policy)).not.toContain("database.secretArn");
});

test("a copy reads its source by the platform's secret, which the code of the preview cannot", () => {
  const { stack, json } = previewOf({ ...DATABASE, data: { copy: SOURCE } });
  expect(json.output.before_service?.value).toMatchObject([
    { id: "database" },
    { id: "copy" },
    { id: "migrate" },
  ]);
  const load = containerOf(stack, "load/definition");
  expect(load.environment).toEqual(
    expect.arrayContaining([
      { name: "MASKED", value: "yes" },
      { name: "KEEP", value: '["countries.name"]' },
      { name: "SOURCE_HOST", value: SOURCE.host },
    ]),
  );
  expect(JSON.stringify(load.secrets)).toContain(SOURCE.secretArn);
  expect(JSON.stringify(containerOf(stack, "service/task/definition"))).not.toContain(SOURCE.secretArn);
  const policies = stack.all("aws_iam_role_policy");
  expect(String(policies["service/task/roles/execution-policy"]?.policy)).not.toContain(SOURCE.secretArn);
  expect(stack.one("aws_vpc_security_group_ingress_rule", "to-source")).toMatchObject({
    security_group_id: "sg-0123",
    from_port: 5432,
  });
});

test("an instance of its own is filled too, and without data there is no task", () => {
  const own = previewOf({ ...DATABASE, database: "own", network: "own", data: { seed: "db/seed.sql" } });
  expect(own.json.output.before_service?.value).toMatchObject([{ id: "seed" }, { id: "migrate" }]);
  expect(previewOf(DATABASE).json.output.before_service?.value).toMatchObject([
    { id: "database" },
    { id: "migrate" },
  ]);
});

test("faults: production as it is, and a copy that does not reach its source", () => {
  expect(faultsOf({ ...DATABASE, data: { copy: { ...SOURCE, masked: false } } })).toContain(
    "source staging is production and is not masked",
  );
  expect(faultsOf({ ...DATABASE, database: "own", network: "own", data: { copy: SOURCE } })).toContain(
    "it does not reach the source",
  );
  expect(faultsOf({ ...DATABASE, data: { copy: { ...SOURCE, host: "a b" } } })).toContain("data");
});
