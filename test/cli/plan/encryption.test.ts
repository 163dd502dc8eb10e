import { randomBytes } from "node:crypto";
import { decryptPlan, encryptPlan, KEY_VARIABLE, planKey } from "../../../cli/plan/encryption";

const KEY = randomBytes(32);
const PLAN = Buffer.from("a plan with secrets");

test("a plan is opened by its key, as what it is", () => {
  const sealed = encryptPlan(PLAN, KEY, "app/dev-network");

  expect(sealed.includes("secrets")).toBe(false);
  expect(decryptPlan(sealed, KEY, "app/dev-network")).toEqual(PLAN);
  expect(encryptPlan(PLAN, KEY, "app/dev-network").equals(sealed)).toBe(false);
});

test("another key, another stack, an altered byte and another file are refused", () => {
  const sealed = encryptPlan(PLAN, KEY, "app/dev-network");
  const altered = Buffer.from(sealed);
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;

  expect(() => decryptPlan(sealed, randomBytes(32), "app/dev-network")).toThrow("cannot be decrypted");
  expect(() => decryptPlan(sealed, KEY, "app/prod-network")).toThrow("cannot be decrypted");
  expect(() => decryptPlan(altered, KEY, "app/dev-network")).toThrow("cannot be decrypted");
  expect(() => decryptPlan(PLAN, KEY, "app/dev-network")).toThrow("not a plan that groundplan has encrypted");
});

test.each(["base64", "hex"] as const)("a key in %s is read", (encoding) => {
  expect(planKey(undefined, { [KEY_VARIABLE]: `${KEY.toString(encoding)}\n` })).toEqual(KEY);
});

test.each([
  [{}, "saved plans need a key"],
  [{ [KEY_VARIABLE]: "c2hvcnQ=" }, "has 5 bytes; it must have 32"],
])("%j is no key", (environment, message) => {
  expect(() => planKey(undefined, environment)).toThrow(message);
});

test("a key file that is not there is named", () => {
  expect(() => planKey("/nowhere/plan.key")).toThrow("there is no key file /nowhere/plan.key");
});
