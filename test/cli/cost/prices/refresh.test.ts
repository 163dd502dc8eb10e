import { refreshPrices } from "../../../../cli/cost/prices/refresh";
import { type PriceTable, priceIn, priceTable, SHIPPED_PRICES } from "../../../../cli/cost/prices/table";
import { type Listed, PriceList } from "./price-list";

const REGION = "eu-central-1";
const once = (usd: string) => [["0", usd]] as const;

/** A part of the list of Frankfurt, with what a careless reader would take. */
const FRANKFURT: readonly Listed[] = [
  ...["t3.micro", "m5.large"].map(
    (instanceType, at): Listed => ({
      service: "AmazonEC2",
      attributes: {
        productFamily: "Compute Instance",
        regionCode: REGION,
        instanceType,
        operatingSystem: "Linux",
        tenancy: "Shared",
        preInstalledSw: "NA",
        capacitystatus: "Used",
        licenseModel: "No License required",
        usagetype: `EUC1-BoxUsage:${instanceType}`,
      },
      tiers: once(at === 0 ? "0.0120000000" : "0.1150000000"),
    }),
  ),
  {
    service: "AmazonEC2",
    attributes: {
      regionCode: REGION,
      instanceType: "m5.large",
      operatingSystem: "Windows",
      tenancy: "Shared",
      preInstalledSw: "NA",
      capacitystatus: "Used",
      licenseModel: "No License required",
      usagetype: "EUC1-BoxUsage:m5.large",
    },
    tiers: once("0.2070000000"),
  },
  {
    service: "AmazonEC2",
    attributes: { productFamily: "NAT Gateway", regionCode: REGION, usagetype: "EUC1-NatGateway-Hours" },
    tiers: once("0.0520000000"),
  },
  {
    service: "AmazonEC2",
    attributes: {
      productFamily: "Provisioned Throughput",
      regionCode: REGION,
      usagetype: "EUC1-EBS:VolumeP-Throughput.gp3",
    },
    tiers: once("48.6400000000"),
  },
  {
    service: "AmazonRDS",
    attributes: {
      productFamily: "Database Instance",
      regionCode: REGION,
      databaseEngine: "PostgreSQL",
      deploymentOption: "Multi-AZ",
      instanceType: "db.m6g.xlarge",
      // The list cuts its name.
      usagetype: "EUC1-Multi-AZUsage:db.m6g.xl",
    },
    tiers: once("0.7600000000"),
  },
  // Of tiers the first that costs anything.
  {
    service: "AmazonSNS",
    attributes: { regionCode: REGION, usagetype: "EUC1-Requests-Tier1" },
    tiers: [
      ["0", "0.0000000000"],
      ["1000000", "0.0000005000"],
    ],
  },
  // Two prices for one thing.
  ...["0.1", "0.2"].map(
    (usd, at): Listed => ({
      service: "AmazonEKS",
      attributes: { regionCode: REGION, usagetype: "EUC1-AmazonEKS-Hours:perCluster", at: String(at) },
      tiers: once(usd),
    }),
  ),
  {
    service: "AmazonRoute53",
    attributes: { productFamily: "DNS Zone", usagetype: "HostedZone" },
    tiers: once("0.5500000000"),
  },
];

const TABLE: PriceTable = {
  ...SHIPPED_PRICES,
  regions: {
    global: { "route53/zone-month": { usd: 0.5, source: "route53" } },
    "us-east-1": { "nat-gateway/hour": { usd: 0.045, source: "vpc" } },
    [REGION]: {
      "ec2/linux/t3.micro/hour": { usd: 0.012, source: "ec2" },
      "ec2/linux/gone.large/hour": { usd: 1, source: "ec2" },
      "eks/cluster-hour": { usd: 0.1, source: "eks" },
      "fargate/x86/vcpu-hour": { usd: 0.04656, source: "fargate" },
    },
  },
};

let list: PriceList;
const started: PriceList[] = [];
const variables = { ...process.env };

async function listed(products: readonly Listed[], page?: number): Promise<PriceList> {
  list = new PriceList(products, page);
  started.push(list);
  process.env.AWS_ENDPOINT_URL_PRICING = await list.start();
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", AWS_SESSION_TOKEN: "" });
  return list;
}

afterEach(async () => {
  process.env = { ...variables };
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

test("takes the prices of a Region, and no other's", async () => {
  await listed(FRANKFURT);
  const { table, regions } = await refreshPrices(TABLE, [REGION], "2026-11-30");

  expect(priceTable(table)).toBe(table);
  const usd = (key: string) => priceIn(table, REGION, key)?.usd;
  expect(usd("ec2/linux/m5.large/hour")).toBe(0.115);
  expect(usd("nat-gateway/hour")).toBe(0.052);
  expect(usd("ebs/gp3/mibps-month")).toBe(0.0475);
  expect(usd("rds/postgres/multi/db.m6g.xlarge/hour")).toBe(0.76);
  expect(usd("sns/million-requests")).toBe(0.5);
  expect(usd("route53/zone-month")).toBe(0.55);
  expect(priceIn(table, REGION, "nat-gateway/hour")).toMatchObject({ date: "2026-11-30" });
  expect(priceIn(table, "us-east-1", "nat-gateway/hour")).toMatchObject({ usd: 0.045, date: "2026-09-10" });
  expect(regions.map(({ region }) => region)).toEqual(["global", REGION]);
});

test("says what has changed, and what has no price, or several", async () => {
  await listed(FRANKFURT);
  const { table, regions } = await refreshPrices(TABLE, [REGION], "2026-11-30");
  const [, frankfurt] = regions;

  expect(frankfurt?.missing).toEqual(["ec2/linux/gone.large/hour", "eks/cluster-hour"]);
  expect(frankfurt?.changed).toContainEqual({ key: "nat-gateway/hour", after: 0.052 });
  expect(frankfurt?.changed).toContainEqual({ key: "eks/cluster-hour", before: 0.1 });
  expect(frankfurt?.changed.map(({ key }) => key)).not.toContain("ec2/linux/t3.micro/hour");
  expect(priceIn(table, REGION, "eks/cluster-hour")).toBeUndefined();
  // Of a service that answers nothing the prices stay as they were.
  expect(priceIn(table, REGION, "fargate/x86/vcpu-hour")?.usd).toBe(0.04656);
});

test("reads every page, and asks again when AWS is busy", async () => {
  await listed(FRANKFURT, 1);
  list.failures.push({ status: 400, type: "ThrottlingException" });
  const { table } = await refreshPrices(TABLE, [REGION], "2026-11-30");

  expect(priceIn(table, REGION, "ec2/linux/m5.large/hour")?.usd).toBe(0.115);
  expect(priceIn(table, REGION, "ec2/linux/t3.micro/hour")?.usd).toBe(0.012);
  expect(list.asked.filter((question) => question.includes("tenancy=Shared"))).toHaveLength(2);
  expect(list.asked.filter((question) => !question.includes(`regionCode=${REGION}`))).toEqual([
    "AmazonRoute53 productFamily=DNS Zone",
    "AmazonRoute53 routingType=Standard",
    "AWSDataTransfer transferType=InterRegion Outbound fromRegionCode=eu-central-1",
  ]);
});

test("a refusal is an error that says what AWS says, and no table", async () => {
  await listed(FRANKFURT);
  list.failures.push({ status: 400, type: "AccessDeniedException" });
  await expect(refreshPrices(TABLE, [REGION], "2026-11-30")).rejects.toThrow(
    "AWS answered AccessDeniedException",
  );
});

test("what is no price list is one, too", async () => {
  await listed(FRANKFURT);
  list.broken = true;
  await expect(refreshPrices(TABLE, [REGION], "2026-11-30")).rejects.toThrow(
    "the price list of AmazonRoute53 cannot be read: it is not JSON",
  );
});
