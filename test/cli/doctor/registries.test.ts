import { checkRegistries, othersFilters } from "../../../cli/doctor/registries";
import type { Stack } from "../../../cli/project/project";

const stack = (resource: Record<string, unknown>): Stack =>
  ({
    name: "prod-registry",
    folder: "",
    dependencies: [],
    json: { provider: { aws: [{ region: "us-east-1", allowed_account_ids: ["123456789012"] }] }, resource },
  }) as unknown as Stack;

const SCANNING = {
  aws_ecr_registry_scanning_configuration: {
    scanning: { rule: [{ repository_filter: [{ filter: "*", filter_type: "WILDCARD" }] }] },
  },
};

test("asks nobody where no stack has what an account has once", async () => {
  expect(await checkRegistries([stack({ aws_ecr_repository: { api: { name: "api" } } })], undefined)).toEqual(
    [],
  );
});

test("says what is not checked: without credentials, and with those of another account", async () => {
  expect(await checkRegistries([stack(SCANNING)], undefined)).toMatchObject([
    { level: "warn", found: "not checked: no credentials" },
  ]);
  expect(await checkRegistries([stack(SCANNING)], "210987654321")).toMatchObject([
    { level: "warn", found: expect.stringContaining("scanning of prod-registry is of account 123456789012") },
  ]);
});

test("others' are the filters that no stack has, and that begin no repository of the app", () => {
  const names = ["groundplan/prod/api"];
  const others = (...found: string[]) => othersFilters(found, ["groundplan/prod/"], names);
  expect(others("groundplan/prod/")).toEqual([]);
  // What is changed and not applied yet.
  expect(others("groundplan/", "groundplan/prod/a*")).toEqual([]);
  expect(others("groundplan/prod/", "acme/prod/")).toEqual(["acme/prod/"]);
  // Every repository is others' too.
  expect(others("*", "*/api")).toEqual(["*", "*/api"]);
});
