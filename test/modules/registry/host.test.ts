import { registryHost } from "@groundplan/modules/registry";

test.each([
  ["us-east-1", "123456789012.dkr.ecr.us-east-1.amazonaws.com"],
  ["us-gov-west-1", "123456789012.dkr.ecr.us-gov-west-1.amazonaws.com"],
  ["cn-north-1", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"],
])("the registry of an account in %s", (region, host) => {
  expect(registryHost("123456789012", region)).toBe(host);
});
