import type { Stack } from "../../../cli/project/project";
import { credentialsOf, isProfile } from "../../../cli/terraform/credentials";

function stack(name: string, ...accounts: readonly string[]): Stack {
  const provider = { aws: [accounts.length > 0 ? { allowed_account_ids: accounts } : {}] };
  const [, environment] = /^(.+)-network$/.exec(name) ?? [];
  return {
    name,
    ...(environment === undefined ? {} : { environment }),
    folder: "",
    dependencies: [],
    json: { provider },
  };
}

test("without a profile a stack keeps the credentials that are here", () => {
  expect(credentialsOf(stack("dev-network", "111111111111"), undefined)).toEqual({});
});

test.each([
  ["plan-{account}", stack("dev-network", "111111111111"), "plan-111111111111"],
  ["{environment}", stack("eu-dev-network"), "eu-dev"],
  ["{environment}.{account}", stack("dev-network", "111111111111"), "dev.111111111111"],
  ["admin", stack("network"), "admin"],
])("%s is a stack's own profile, and no key of this process wins over it", (profile, own, name) => {
  expect(credentialsOf(own, profile)).toEqual({
    AWS_PROFILE: name,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_SESSION_TOKEN: undefined,
    AWS_ROLE_ARN: undefined,
    AWS_WEB_IDENTITY_TOKEN_FILE: undefined,
  });
});

test.each([
  ["{account}", stack("dev-network")],
  ["{account}", stack("dev-network", "111111111111", "222222222222")],
  ["{environment}", stack("network")],
])("%s: a stack that has none keeps the credentials that are here", (profile, own) => {
  expect(credentialsOf(own, profile)).toEqual({});
});

test("a placeholder that is not known is refused", () => {
  expect(["", "{stack}", "a{", "{account", "{ACCOUNT}"].filter(isProfile)).toEqual([]);
  expect(["a", "{account}", "x-{environment}-{account}"].filter(isProfile)).toHaveLength(3);
});
