import { guess } from "../../../cli/project/guess";

/** Each name as `environment/unit`, or the unit alone. */
function read(...names: readonly string[]): readonly string[] {
  return [...guess(names).names.values()].map(({ environment, unit }) =>
    environment === undefined ? unit : `${environment}/${unit}`,
  );
}

test.each([
  ["dev-network prod-network state", "dev/network prod/network state"],
  ["api-dev network-dev api-prod network-prod", "dev/api dev/network prod/api prod/network"],
  ["shop-network-prod-us-east-1", "prod/shop-network-us-east-1"],
  ["dev-lambda-us-east-1", "dev/lambda-us-east-1"],
  [
    "multiple-stacks-dev multiple-stacks-staging multiple-stacks-production-us multiple-stacks-production-eu",
    "dev/multiple-stacks staging/multiple-stacks production/multiple-stacks-us production/multiple-stacks-eu",
  ],
  ["dev prod", "dev/stack prod/stack"],
  ["DevNetwork ProdNetwork", "dev/Network prod/Network"],
  ["network_qa1 network_preprod", "qa1/network preprod/network"],
  ["pre-prod-network prod-network non-prod-network", "pre-prod/network prod/network non-prod/network"],
  ["us-east-1-prod-network us-east-1-test-network", "prod/us-east-1-network test/us-east-1-network"],
  // The environment of a pull request is named by its number.
  ["dev-api prod-api preview-42-api", "dev/api prod/api preview-42/api"],
  ["preview-42-api preview-42-network", "preview-42/api preview-42/network"],
  ["api-pr-7 web-pr-7 api-prod", "pr-7/api pr-7/web prod/api"],
  ["pr42-api mr_3_api review12-api", "pr42/api mr_3/api review12/api"],
  ["preview-api prod-api", "preview/api prod/api"],
  // A word that often names an environment does so beside others, and nowhere else.
  ["test-network prod-network", "test/network prod/network"],
  ["test-network live-network", "test/network live/network"],
  ["dev-ci prod-ci ci", "dev/ci prod/ci ci"],
  // Of several words that which stands where the others stand.
  ["dev-staging-bucket dev-network prod-network", "dev/staging-bucket dev/network prod/network"],
])("%s", (names, expected) => {
  expect(read(...names.split(" "))).toEqual(expected.split(" "));
  expect(guess(names.split(" ")).unclear).toEqual([]);
});

test.each([
  "my-app",
  "network",
  "api-stack network-stack",
  "dev-portal network database",
  "my-test",
  "devtools live",
  "preview-api review",
  "pr-bot network database",
])("%s: no environment, and none is missed", (names) => {
  expect(read(...names.split(" "))).toEqual(names.split(" "));
  expect(guess(names.split(" ")).unclear).toEqual([]);
});

test.each([
  ["blue-api blue-web green-api green-web", "blue-api blue-web green-api green-web"],
  ["api-blue web-blue api-green web-green", "api-blue web-blue api-green web-green"],
  ["dev-network prod-network shared-network", "shared-network"],
  ["dev-network prod-network test-more", "test-more"],
  ["dev-staging-bucket prod-dev-bucket", "dev-staging-bucket prod-dev-bucket"],
])("%s: not clear are %s", (names, unclear) => {
  const found = guess(names.split(" "));
  expect(found.unclear).toEqual(unclear.split(" "));
  for (const name of found.unclear) expect(found.names.get(name)).toEqual({ unit: name });
});
