import { Parameters } from "../../../../local/services/rds/parameters";

const BODY = new URLSearchParams([
  ["Action", "CreateDBInstance"],
  ["DBInstanceIdentifier", "app"],
  ["VpcSecurityGroupIds.VpcSecurityGroupId.1", "sg-1"],
  ["VpcSecurityGroupIds.VpcSecurityGroupId.2", "sg-2"],
  ["Tags.Tag.1.Key", "team"],
  ["Tags.Tag.1.Value", "blue"],
  ["Filters.Filter.1.Name", "dbi-resource-id"],
  ["Filters.Filter.1.Values.Value.1", "db-1"],
]);
const parameters = new Parameters(Buffer.from(BODY.toString()));

test("texts, lists, tags and filters", () => {
  expect(parameters.need("DBInstanceIdentifier")).toBe("app");
  expect(parameters.list("VpcSecurityGroupIds")).toEqual(["sg-1", "sg-2"]);
  expect(parameters.tags()).toEqual([{ Key: "team", Value: "blue" }]);
  expect(parameters.filter("dbi-resource-id")).toEqual(["db-1"]);
  expect(parameters.filter("engine")).toBeUndefined();
  expect(parameters.given(["DBInstanceIdentifier", "Port"])).toEqual({ DBInstanceIdentifier: "app" });
});

test("what is missing is named", () => {
  expect(() => parameters.need("Engine")).toThrow("The parameter Engine must be provided");
});
