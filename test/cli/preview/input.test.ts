import { resolveConfig } from "../../../cli/preview/config/resolve";
import { inputOf } from "../../../cli/preview/input";

const SOURCE = {
  host: "db.staging.example.com",
  port: 5432,
  database: "shop",
  secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:staging-AbCdEf",
  production: false,
  masked: true,
  keep: [],
  mask: [],
};

/** The document of a configuration, on a platform that has these sources. */
const documentOf = (
  config: Parameters<typeof resolveConfig>[0],
  sources?: Readonly<Record<string, string>>,
) =>
  inputOf({
    name: "shop",
    owner: "ana",
    image: "nginx:alpine",
    ttl: "7d",
    createdAt: "2026-11-30T16:00:00Z",
    expiresAt: "2026-12-07T16:00:00Z",
    config: resolveConfig({ template: "api-database", ...config }),
    platform: {
      name: "acme",
      environment: "dev",
      account: "123456789012",
      region: "us-east-1",
      domain: "previews.example.com",
      zoneId: "Z0",
    },
    ...(sources ? { sources } : {}),
  });

test("a dump is named, a source is what the platform says of it, and without a database there is neither", () => {
  expect(documentOf({ seed: "db/seed.sql" })).toMatchObject({ data: { seed: "db/seed.sql" } });
  const sources = { staging: JSON.stringify(SOURCE) };
  expect(documentOf({ copy: "staging" }, sources).data).toEqual({ copy: { name: "staging", ...SOURCE } });
  expect(documentOf({})).not.toHaveProperty("data");
  expect(documentOf({ seed: "db/seed.sql", database: "none" })).not.toHaveProperty("data");
  expect(documentOf({ seed: "a", copy: "staging" }, sources).config).not.toHaveProperty("seed");
});

test.each([
  ["no such source", "toString", JSON.stringify(SOURCE), "write one of staging"],
  [
    "production and is not masked",
    "staging",
    JSON.stringify({ ...SOURCE, production: true, masked: false }),
    "leave masked out",
  ],
  ["cannot be read", "staging", "{}", "deploy preview-shared again"],
])("a source is refused: %s", (said, copy, text, instead) => {
  let message = "";
  try {
    documentOf({ copy }, { staging: text });
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain(said);
  expect(message).toContain(instead);
});
