import { missingPin } from "../../../cli/plan/missing-pin";

const deployables = {
  value: [{ kind: "lambda", environment: "dev", service: "api", pin: "/shop/dev/artifacts/api" }],
};
const stack = {
  name: "dev-api",
  folder: "out/stacks/dev-api",
  dependencies: [],
  json: { output: { deployables } },
};

test("a pin that is not there: says which, and the commands that pin one", () => {
  const text = "│ Error: reading SSM Parameter\n│ (/shop/dev/artifacts/api): couldn't find\n│ resource";

  expect(missingPin(stack, text)?.message).toBe(
    [
      "no artifact of api is pinned in dev: there is no parameter /shop/dev/artifacts/api",
      "at out/stacks/dev-api",
      "pin the first one of every service: npx groundplan bootstrap",
      "or one that you build: npx groundplan artifact publish api, then npx groundplan artifact deploy dev --service api",
    ].join("\n  "),
  );
});

test("another parameter, another error, and a stack that deploys nothing are no missing pin", () => {
  expect(missingPin(stack, "Error: reading SSM Parameter (/other): couldn't find resource")).toBeUndefined();
  expect(missingPin(stack, "Error: AccessDenied for /shop/dev/artifacts/api")).toBeUndefined();
  expect(
    missingPin({ ...stack, json: {} }, "(/shop/dev/artifacts/api): couldn't find resource"),
  ).toBeUndefined();
});
