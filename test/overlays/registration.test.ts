import { checkRegistration, inPromotionOrder } from "../../overlays/registration";

const dev = { name: "dev", account: "111111111111" };
const qa = { name: "qa", account: "222222222222" };
const prod = { name: "prod", account: "333333333333" };
const accounts = { dev: dev.account, prod: prod.account };

test("sorts environments as promotion does, whatever the order of their registration", () => {
  expect(inPromotionOrder(["dev", "qa", "prod"], [prod, dev, qa])).toEqual([dev, qa, prod]);
});

test("puts an environment that promotion does not name last", () => {
  expect(inPromotionOrder(["dev", "prod"], [qa, prod, dev])).toEqual([dev, prod, qa]);
});

test("takes environments that have an account and a place, and an account more", () => {
  const platform = { accounts: { ...accounts, shared: "444444444444" }, promotion: ["dev", "prod"] };
  expect(() => checkRegistration(platform, [dev, prod])).not.toThrow();
});

test.each([
  [
    "an environment without an account",
    { accounts, promotion: ["dev", "qa", "prod"] },
    [dev, { ...qa, account: "" }, prod],
    'environment "qa" has no account\n  at platform.ts\n  write it into accounts: { …, qa: "111111111111" }',
  ],
  [
    "a name with a hyphen, which is quoted",
    { accounts, promotion: ["dev", "pre-prod", "prod"] },
    [dev, { name: "pre-prod", account: "" }, prod],
    'environment "pre-prod" has no account\n  at platform.ts\n  write it into accounts: { …, "pre-prod": "111111111111" }',
  ],
  [
    "an overlay that was copied with another's account",
    { accounts: { ...accounts, qa: qa.account }, promotion: ["dev", "qa", "prod"] },
    [dev, { ...qa, account: prod.account }, prod],
    'account is "333333333333": accounts of platform.ts has "222222222222" for it\n  at overlay "qa"\n  use platform.accounts.qa',
  ],
  [
    "an environment without a place",
    { accounts: { ...accounts, qa: qa.account }, promotion: ["dev", "prod"] },
    [dev, qa, prod],
    'environment "qa" is not in promotion\n  at platform.ts\n  write it where a change passes through it, e.g. promotion: ["dev", "qa", "prod"]',
  ],
  [
    "a place without an environment",
    { accounts, promotion: ["dev", "qa", "prod"] },
    [dev, prod],
    'promotion names "qa", which overlays/index.ts does not register\n  at platform.ts\n  register overlays/qa/environment.ts there, or remove the name',
  ],
  [
    "a place that is taken twice",
    { accounts, promotion: ["dev", "prod", "dev"] },
    [dev, prod],
    'promotion names "dev" twice\n  at platform.ts\n  name each environment once',
  ],
])("refuses %s", (_, platform, environments, message) => {
  expect(() => checkRegistration(platform, environments)).toThrow(new Error(message));
});
