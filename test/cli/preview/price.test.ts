import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SHIPPED_PRICES } from "../../../cli/cost/prices/table";
import { costOf, previewPrice, priceLines } from "../../../cli/preview/price";
import { temporaryFolder } from "../../temporary-folder";
import { created, planWith } from "../cost/made";

const NAT = created("aws_nat_gateway.one", {});
const ZONE = created("aws_route53_zone.one", {});
const FREE = created("aws_vpc.one", {});
/** The same without the Region that the plan itself says. */
const plan = (...changes: Parameters<typeof planWith>[0]) => {
  const { region: _, ...rest } = planWith(changes);
  return rest as ReturnType<typeof planWith>;
};
const said = (...[price, region]: Parameters<typeof priceLines>) => priceLines(price, region).join("\n");

test("what has a price everywhere is stored, and shown", () => {
  const price = previewPrice(plan(NAT, ZONE, FREE), "us-east-1", undefined);
  expect(costOf(price)).toMatchObject({ monthly: 33.35, currency: "USD" });
  expect(said(price, "us-east-1")).toMatch(/^\$33\.35 a month/);
});

test("a Region without prices is no preview for nothing, and no sum of what happens to be known", () => {
  const unknown = previewPrice(plan(NAT, FREE), "eu-south-2", undefined);
  expect(costOf(unknown)).toBeUndefined();
  expect(said(unknown, "eu-south-2")).toMatch(
    /^without a known price in eu-south-2: 1 aws_nat_gateway\n.*npx groundplan cost refresh eu-south-2$/,
  );
  expect(said(unknown, "eu-south-2")).not.toContain("$");
  const some = previewPrice(plan(NAT, ZONE), "eu-south-2", undefined);
  expect(costOf(some)).toBeUndefined();
  expect(said(some, "eu-south-2")).toMatch(/^at least \$0\.50 a month/);
});

test("the platform's own table counts", () => {
  const root = temporaryFolder("prices");
  mkdirSync(root, { recursive: true });
  const regions = { "eu-south-2": SHIPPED_PRICES.regions["us-east-1"] };
  writeFileSync(join(root, "prices.json"), JSON.stringify({ ...SHIPPED_PRICES, regions }));
  writeFileSync(
    join(root, "cdktf.json"),
    JSON.stringify({ app: "false", groundplan: { cost: { prices: "prices.json" } } }),
  );
  expect(costOf(previewPrice(plan(NAT), "eu-south-2", root))).toMatchObject({ monthly: 32.85 });
});
