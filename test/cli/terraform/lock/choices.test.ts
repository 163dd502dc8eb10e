import { readChoices } from "../../../../cli/terraform/lock/choices";

const of = (address: string) => ({ address, constraints: ">= 5.100.0, < 7.0.0", stacks: ["dev-network"] });
const AWS = "registry.terraform.io/hashicorp/aws";
const REQUIRED = [of(AWS), of("registry.terraform.io/hashicorp/helm")];

test.each([
  ["aws=6.x", "~> 6.0"],
  ["aws=6.66.x", "~> 6.66.0"],
  ["aws=6.66.0", "6.66.0"],
  ["aws=~> 6.8", "~> 6.8"],
  ["aws=>= 6.8.0, < 6.70", ">= 6.8.0, < 6.70"],
  [`${AWS}=6.x`, "~> 6.0"],
])("%s takes %s", (text, constraints) => {
  expect(readChoices([text], REQUIRED)).toEqual(new Map([[AWS, constraints]]));
});

test.each([
  ["aws", /"aws" names no provider and its versions/],
  ["aws=", /names no provider/],
  ["=6.x", /names no provider/],
  ["aws=latest", /names no provider/],
  ['aws=6.x" }', /names no provider/],
  ["awscc=6.x", /no stack requires "awscc"\n {2}use one of registry/],
])("refuses %s", (text, message) => {
  expect(() => readChoices([text], REQUIRED)).toThrow(message);
});

test("a name that two providers have is refused", () => {
  expect(() => readChoices(["aws=6.x"], [...REQUIRED, of("example.com/acme/aws")])).toThrow(
    /several providers are called "aws"/,
  );
});
