import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { priceIn, SHIPPED_PRICES } from "../../../../cli/cost/prices/table";
import { FREE, USED } from "../../../../cli/cost/types/free";
import { PRICED } from "../../../../cli/cost/types/types";
import { usageKeys } from "../../../../cli/cost/types/usage-keys";
import { Values } from "../../../../cli/cost/values";

const ROOT = join(__dirname, "..", "..", "..", "..");

/** Types of Terraform at the addresses that the environments have. */
function goldenTypes(): readonly string[] {
  const folder = join(ROOT, "test", "stacks", "golden");
  const addresses = readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), "utf8").split("\n"),
  );
  return addresses.flatMap((address) => /(?:^|[\s.])([a-z]+_[a-z0-9_]+)\.[^.\s]+$/.exec(address)?.[1] ?? []);
}

/** Types that the sources of a folder make, by the bindings that they import. */
function importedTypes(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter(
      (file) =>
        file.endsWith(".ts") && !file.endsWith(".d.ts") && !/(^|\/)(node_modules|dist|\.gen)\//.test(file),
    )
    .flatMap((file) => [
      ...readFileSync(join(ROOT, folder, file), "utf8").matchAll(
        /@cdktf\/provider-(\w+)\/lib\/([a-z0-9-]+)/g,
      ),
    ])
    .filter(([, , name = ""]) => name !== "provider" && !name.startsWith("data-"))
    .map(([, provider, name = ""]) =>
      provider === "helm" ? "helm_release" : `${provider}_${name.replaceAll("-", "_")}`,
    );
}

const isListed = (type: string) => PRICED.has(type) || FREE.has(type) || USED.has(type);
const unlisted = (types: readonly string[]) => [...new Set(types)].filter((type) => !isListed(type));
const folders = readdirSync(ROOT).filter((name) => ["modules", "stacks", "previews"].includes(name));

test("whatever our modules make has a price, costs nothing for a reason, or is billed by use", () => {
  const golden = goldenTypes();
  const imported = folders.flatMap(importedTypes);

  expect(golden).toEqual(expect.arrayContaining(["aws_eks_cluster", "aws_nat_gateway", "helm_release"]));
  expect(imported).toEqual(expect.arrayContaining(["aws_lambda_function", "aws_eks_node_group"]));
  expect(unlisted([...golden, ...imported])).toEqual([]);
});

test("a type that nobody has listed is found", () => {
  expect(unlisted(["aws_vpc", "aws_quantum_computer"])).toEqual(["aws_quantum_computer"]);
});

test("each type is listed once, and with a sentence", () => {
  const all = [...PRICED.keys(), ...FREE.keys(), ...USED.keys()];
  expect(all.length).toBe(new Set(all).size);
  for (const reason of [...FREE.values(), ...USED.values()]) expect(reason.length).toBeGreaterThan(10);
  for (const { assumes } of PRICED.values()) for (const one of assumes) expect(one).toMatch(/^[a-zA-Z]/);
});

test("what a usage file may say is known, and has a price in us-east-1", () => {
  expect(usageKeys("aws_nat_gateway")).toEqual([
    { name: "data_processed_gb", means: "GB processed a month" },
  ]);
  expect(usageKeys("aws_scheduler_schedule").map(({ name }) => name)).toEqual(["task_hours"]);
  expect(usageKeys("aws_vpc")).toEqual([]);
  const around = { day: "2026-11-30", linked: () => undefined, links: () => undefined, referrers: () => [] };
  for (const [type, { usage }] of PRICED) {
    for (const key of usage?.(new Values({ protocol_type: "HTTP" }), around) ?? []) {
      expect([type, key.price, priceIn(SHIPPED_PRICES, "us-east-1", key.price)?.usd]).toEqual([
        type,
        key.price,
        expect.any(Number),
      ]);
    }
  }
});
