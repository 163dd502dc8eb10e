import { namesSecret } from "@groundplan/modules/core/variables";

test("a name that ends with what secrets are called says that it holds one, in any case", () => {
  for (const name of [
    "PASSWORD",
    "DATABASE_PASSWORD",
    "api_token",
    "GITHUB_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
  ]) {
    expect(namesSecret(name)).toBe(true);
  }
  for (const name of ["PASSWORD_POLICY", "TOKENS", "KEY", "SECRETARY", "API_KEY_ARN"]) {
    expect(namesSecret(name)).toBe(false);
  }
});
