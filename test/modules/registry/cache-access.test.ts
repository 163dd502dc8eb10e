import { CACHE_ACTIONS, cacheStatements } from "../../../modules/registry/cache-access";

const PLACE = { account: "123456789012", region: "us-east-1" };

test("a role fills the caches of its prefixes, and makes no other repository", () => {
  const caches = ["groundplan/dev/quay", "groundplan/dev/ecr-public"];
  expect(cacheStatements(caches, PLACE)).toEqual([
    {
      Sid: "FillCaches",
      Effect: "Allow",
      Action: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository", "ecr:TagResource"],
      Resource: [
        "arn:aws:ecr:us-east-1:123456789012:repository/groundplan/dev/ecr-public/*",
        "arn:aws:ecr:us-east-1:123456789012:repository/groundplan/dev/quay/*",
      ],
    },
  ]);
  expect(CACHE_ACTIONS).toHaveLength(3);
});

test("without a cache there is no statement, and no resource is everything", () => {
  expect(cacheStatements([], PLACE)).toEqual([]);
  expect(cacheStatements(["a/b"], { ...PLACE, region: "cn-north-1" })[0]?.Resource).toEqual([
    "arn:aws-cn:ecr:cn-north-1:123456789012:repository/a/b/*",
  ]);
});
