import { costDocument, costOf, dearest } from "../../../cli/cost/cost";
import { moneyWords } from "../../../cli/cost/money";
import { costMarkdown } from "../../../cli/report/cost-markdown";
import { changed, created, priced } from "./made";

const NAT = priced([created("aws_nat_gateway.one", {}), created("aws_vpc.one", {})]);
const LESS = priced([
  changed("aws_eip.one", ["delete"], { before: {}, after: null }),
  created("aws_quantum_computer.one", {}),
]);
const stacks = [
  { name: "dev-network", environment: "dev", price: NAT },
  { name: "prod-network", environment: "prod", price: LESS },
];

test("stacks are added up", () => {
  const cost = costOf("plan", stacks);
  expect([cost.before, cost.after, cost.change].map((amount) => moneyWords(amount))).toEqual([
    "$3.65",
    "$32.85",
    "$29.20",
  ]);
  expect(cost.counts).toEqual({ priced: 2, free: 1, usage: 0, unknown: 1 });
  expect(cost.unknown).toEqual({ aws_quantum_computer: 1 });
  expect(costOf("code", []).pricesOf).toBe("");
});

test("a threshold is for plans, and for more than it", () => {
  expect(costOf("plan", stacks, 29).threshold).toEqual({ monthly: 29, above: true });
  expect(costOf("plan", stacks, 30).threshold).toEqual({ monthly: 30, above: false });
  expect(costOf("code", stacks, 1).threshold).toBeUndefined();
});

test("the dearest resources of code cost most; those of plans change most", () => {
  const names = (of: "code" | "plan") => dearest({ of, stacks }, 5).map(({ resource }) => resource.address);
  expect(names("plan")).toEqual(["aws_nat_gateway.one", "aws_eip.one"]);
  expect(names("code")).toEqual(["aws_nat_gateway.one"]);
  expect(dearest({ of: "plan", stacks }, 1)).toHaveLength(1);
});

test("the document has no field twice", () => {
  const document = costDocument(costOf("plan", stacks));
  expect(document).toMatchObject({ format: "groundplan.cost", version: 1, currency: "USD", hours: 730 });
  expect(document.stacks[0]).not.toHaveProperty("currency");
  expect(document.stacks[0]).toMatchObject({ name: "dev-network", environment: "dev" });
});

test("Markdown shows names of others as text, and says what has no price", () => {
  const hostile = [{ name: "a|b](https://evil.example)\n# c", price: LESS }];
  const text = costMarkdown(costOf("plan", hostile, 0));
  expect(text).toContain("| `a∣b](https://evil.example) # c` | `−$3.65` | `$0.00` | 1 |");
  expect(text).toContain("Without a price, and in no sum: 1 `aws_quantum_computer`.");
  expect(text).not.toMatch(/^# c/m);
  expect(costMarkdown(costOf("plan", stacks, 1))).toContain("above the threshold of `$1`");
});
