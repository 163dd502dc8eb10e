import { awsProvider } from "@groundplan/modules/core";
import { FunctionUrl, type FunctionUrlProps } from "@groundplan/modules/serverless";
import { synthesized } from "../network/synthesized";
import { faultsOf, makeFunction } from "./fixtures";

const ROLE = "arn:aws:iam::210987654321:role/caller";

type Scope = Parameters<typeof makeFunction>[0];

const addUrl = (scope: Scope, change: Partial<FunctionUrlProps> = {}, versions?: string) => {
  awsProvider(scope, { region: "us-east-1", account: "123456789012", versions });
  return new FunctionUrl(scope, "url", { function: makeFunction(scope), ...change });
};
const urlWith = (change: Partial<FunctionUrlProps> = {}, versions?: string) =>
  synthesized((scope) => void addUrl(scope, change, versions));

test("only signed requests are let in, by the alias", () => {
  const stack = urlWith({ cors: { origins: ["https://app.example.com"] }, streams: true });
  expect(stack.one("aws_lambda_function_url")).toMatchObject({
    authorization_type: "AWS_IAM",
    qualifier: `\${${stack.address("aws_lambda_alias", "api/alias")}.name}`,
    invoke_mode: "RESPONSE_STREAM",
    cors: { allow_origins: ["https://app.example.com"], allow_methods: ["GET", "HEAD"] },
  });
  expect(stack.paths("aws_lambda_permission")).toEqual([]);
});

test("every method that pages may use is one that Lambda takes: it answers OPTIONS itself", () => {
  const methods = (given?: readonly string[]) => {
    const cors = { origins: ["https://app.example.com"], ...(given ? { methods: given } : {}) };
    return urlWith({ cors }).one("aws_lambda_function_url").cors;
  };
  // The API's model: `AllowMethods` are of six letters at most.
  for (const given of [undefined, ["OPTIONS", "DELETE", "PATCH"]]) {
    const { allow_methods: written } = methods(given) as { readonly allow_methods: readonly string[] };
    expect(written.filter((method) => method.length > 6)).toEqual([]);
  }
  expect(methods(["OPTIONS", "DELETE", "*"])).toMatchObject({ allow_methods: ["DELETE", "*"] });
});

test("a principal of another account gets both permissions, the second for the address alone where the provider can say so", () => {
  const permissions = (versions?: string) =>
    urlWith({ invokerArns: [ROLE] }, versions).all("aws_lambda_permission");
  expect(permissions()).toMatchObject({
    "url/url-0": { action: "lambda:InvokeFunctionUrl", function_url_auth_type: "AWS_IAM", principal: ROLE },
    "url/invoke-0": { action: "lambda:InvokeFunction", principal: ROLE },
  });
  const second = (versions?: string) => permissions(versions)["url/invoke-0"];
  expect(second()).not.toHaveProperty("invoked_via_function_url");
  expect(second("6.x")).not.toHaveProperty("invoked_via_function_url");
  expect(second("^6.29.0")).toHaveProperty("invoked_via_function_url", true);
});

test("everybody is let in with a reason, and a provider that gives both permissions", () => {
  const access = { public: "GitHub signs its webhooks" };
  expect(urlWith({ access }, "6.66.x").one("aws_lambda_function_url").authorization_type).toBe("NONE");
  const said = (change: Partial<FunctionUrlProps>, versions?: string) =>
    faultsOf((scope) => void addUrl(scope, change, versions));
  expect(said({ access }, "6.28.x")).toMatch(/a public address needs two permissions/);
  expect(said({ access })).toMatch(/a public address needs two permissions/);
  expect(said({ access: { public: " " } }, "6.66.x")).toMatch(/open to everybody, and no reason is given/);
  expect(said({ access, invokerArns: [ROLE] }, "6.66.x")).toMatch(/invokerArns names who may call/);
});

test.each<[string, Partial<FunctionUrlProps>, RegExp]>([
  ["everybody as invoker", { invokerArns: ["*"] }, /not the ARN of a role or a user/],
  ["cookies for all", { cors: { origins: ["*"], credentials: true } }, /every origin send cookies/],
])("%s is refused", (_, change, message) => {
  expect(faultsOf((scope) => void addUrl(scope))).toBe("");
  expect(faultsOf((scope) => void addUrl(scope, change))).toMatch(message);
});
