import type { WholeRequest } from "../../../../local/gateway/exchange";
import { correctEc2 } from "./correct";

const item = (subnet: string, association: string) =>
  `<item><tagSet><item><key>a</key></item></tagSet><subnetId>${subnet}</subnetId><ipv6CidrBlockAssociationSet><item><associationId>${association}</associationId><ipv6CidrBlockState><state>{'State': 'associated'}</state></ipv6CidrBlockState></item></ipv6CidrBlockAssociationSet></item>`;
const ANSWER = `<subnetSet>${item("subnet-1", "assoc-1")}${item("subnet-2", "assoc-2")}</subnetSet>`;

async function describeSubnets(
  parameters: Record<string, string>,
): Promise<{ sent: URLSearchParams[]; body: string }> {
  const sent: URLSearchParams[] = [];
  const request: WholeRequest = {
    method: "POST",
    url: "/",
    headers: {},
    scope: undefined,
    operation: "DescribeSubnets",
    body: Buffer.from(new URLSearchParams({ Action: "DescribeSubnets", ...parameters }).toString()),
  };
  const { body } = await correctEc2(request, async (forwarded) => {
    sent.push(new URLSearchParams(forwarded.body.toString()));
    return { status: 200, headers: {}, body: ANSWER };
  });
  return { sent, body: String(body) };
}

test("the state of an IPv6 range is a word", async () => {
  const { body } = await describeSubnets({});

  expect(body.match(/<state>associated<\/state>/g)).toHaveLength(2);
  expect(body).not.toContain("{");
});

test("a subnet is found by its IPv6 association, beside other filters", async () => {
  const { sent } = await describeSubnets({
    "Filter.1.Name": "vpc-id",
    "Filter.1.Value.1": "vpc-1",
    "Filter.2.Name": "ipv6-cidr-block-association.association-id",
    "Filter.2.Value.1": "assoc-2",
  });

  expect(Object.fromEntries(sent[1] ?? [])).toEqual({
    Action: "DescribeSubnets",
    "Filter.1.Name": "vpc-id",
    "Filter.1.Value.1": "vpc-1",
    "Filter.2.Name": "subnet-id",
    "Filter.2.Value.1": "subnet-2",
  });
});

test("an association that no subnet has finds none", async () => {
  const { sent } = await describeSubnets({
    "Filter.1.Name": "ipv6-cidr-block-association.association-id",
    "Filter.1.Value.1": "assoc-9",
  });

  expect(sent[1]?.get("Filter.1.Value.1")).toBe("subnet-0");
});
