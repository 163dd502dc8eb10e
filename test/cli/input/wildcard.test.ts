import { wildcard } from "../../../cli/input/wildcard";

const matches = (pattern: string, text: string) => new RegExp(`^${wildcard(pattern)}$`).test(text);

test("a star stands for any text, and everything else for itself", () => {
  expect(matches("dev-*", "dev-network")).toBe(true);
  expect(matches("*", "")).toBe(true);
  expect(matches("dev.api", "dev-api")).toBe(false);
  expect(matches("a+(b)|[c]?{1}^$\\", "a+(b)|[c]?{1}^$\\")).toBe(true);
});

test("what a star stands for can be taken", () => {
  expect(new RegExp(`^${wildcard("shop-*-live", "(.*)")}$`).exec("shop-api-live")?.[1]).toBe("api");
});
