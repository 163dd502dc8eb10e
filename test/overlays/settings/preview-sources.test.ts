import { Faults } from "@groundplan/modules/core";
import { OverlayFaults } from "../../../overlays/overlay-faults";
import { checkSources, type PreviewSource } from "../../../overlays/settings/preview-sources";

const STAGING: PreviewSource = {
  host: "db.staging.example.com",
  database: "shop",
  secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:staging/shop-AbCdEf",
  production: false,
};

/** What is said of a source with some settings changed. */
function faultsOf(change: Partial<PreviewSource>, name = "staging"): readonly string[] {
  const faults = new Faults();
  checkSources(new OverlayFaults(faults, { name: "dev" }), { [name]: { ...STAGING, ...change } });
  return faults.all.map(({ what }) => what);
}

test("takes a source, production that is masked, and a copy of what is not production as it is", () => {
  expect(faultsOf({})).toEqual([]);
  const columns = { keep: ["countries.name", "geo.countries.name"], mask: ["customers.phone"] };
  expect(faultsOf({ production: true, securityGroupId: "sg-0123", port: 5433, ...columns }, "prod")).toEqual(
    [],
  );
  expect(faultsOf({ masked: false }, "products")).toEqual([]);
});

test.each<{ said: string; change: Partial<PreviewSource>; name?: string }>([
  { said: "previews.sources.staging.masked is false", change: { production: true, masked: false } },
  { said: "previews.sources.live.production is false", change: {}, name: "live" },
  { said: "previews.sources.staging.production is false", change: { host: "db.prod.example.com" } },
  { said: "previews.sources.staging.production is false", change: { database: "shop_production" } },
  { said: 'previews.sources is "Staging"', change: {}, name: "Staging" },
  { said: 'previews.sources.staging.host is "db; id"', change: { host: "db; id" } },
  { said: "previews.sources.staging.port is 0", change: { port: 0 } },
  { said: 'previews.sources.staging.database is "a b"', change: { database: "a b" } },
  {
    said: "previews.sources.staging.secretArn is",
    change: { secretArn: "arn:aws:iam::123456789012:role/a" },
  },
  { said: 'previews.sources.staging.securityGroupId is "default"', change: { securityGroupId: "default" } },
  { said: 'previews.sources.staging.keep is "name"', change: { keep: ["name"] } },
  { said: 'previews.sources.staging.keep is "a.b"', change: { keep: ["a.b"], mask: ["a.b"] } },
  {
    said: "previews.sources is",
    change: { mask: Array.from({ length: 100 }, (_, n) => `customers.a_long_column_${n}`) },
  },
])("$said … is refused, and nothing else", ({ said, change, name }) => {
  expect(faultsOf(change, name)).toEqual([expect.stringContaining(said)]);
});
