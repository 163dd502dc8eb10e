import { ofOperations } from "../../gateway/corrections";
import type { WholeResponse } from "../../gateway/exchange";
import { call, parametersOf, textsOf, withBody, withParameters } from "./query";

/** Operations whose answers have IPv6 ranges of subnets. */
const WITH_RANGES = [
  "AssociateSubnetCidrBlock",
  "CreateSubnet",
  "DescribeSubnets",
  "DisassociateSubnetCidrBlock",
];

const FILTER = "ipv6-cidr-block-association.association-id";

/**
 * The state of a subnet's IPv6 range is a word; moto answers Python's text of a dictionary that holds it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetCidrBlockState.html
 */
export const plainState = ofOperations(WITH_RANGES, async (request, forward) => {
  const response = await forward(request);
  const nested =
    /<state>\{(?:'|&#39;|&#x27;|&apos;)State(?:'|&#39;|&#x27;|&apos;): (?:'|&#39;|&#x27;|&apos;)([a-z]+)(?:'|&#39;|&#x27;|&apos;)\}<\/state>/g;
  return withBody(response, String(response.body).replaceAll(nested, "<state>$1</state>"));
});

/**
 * `DescribeSubnets` finds a subnet by the id of its IPv6 association; moto does not know that filter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html
 */
export const findByAssociation = ofOperations(["DescribeSubnets"], async (request, forward) => {
  const parameters = parametersOf(request);
  const filter = [...parameters].find(([key, value]) => /^Filter\.\d+\.Name$/.test(key) && value === FILTER);
  if (!filter) return forward(request);

  const position = filter[0].slice(0, -".Name".length);
  const wanted = [...parameters]
    .filter(([key]) => key.startsWith(`${position}.Value`))
    .map(([, value]) => value);
  const all = await forward(call(request, "DescribeSubnets", {}));
  const rewritten = new URLSearchParams([...parameters].filter(([key]) => !key.startsWith(`${position}.`)));
  rewritten.set(`${position}.Name`, "subnet-id");
  const owners = ownersOf(all, wanted);
  // An id that no subnet has: the answer is then the empty list, in moto's own words.
  for (const [index, id] of (owners.length > 0 ? owners : ["subnet-0"]).entries()) {
    rewritten.set(`${position}.Value.${index + 1}`, id);
  }
  return forward(withParameters(request, rewritten));
});

/** The subnets that have one of some associations. */
function ownersOf(response: WholeResponse, associations: readonly string[]): readonly string[] {
  const items = topItems(String(response.body));
  return items.flatMap((item) => {
    const own = textsOf(withBody(response, item), "associationId");
    const [id] = textsOf(withBody(response, item), "subnetId");
    return id !== undefined && own.some((one) => associations.includes(one)) ? [id] : [];
  });
}

/** The items of the outermost list of an answer; lists within them are left whole. */
function topItems(body: string): readonly string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (const match of body.matchAll(/<(\/?)item>/g)) {
    if (match[1] === "") {
      if (depth === 0) start = match.index;
      depth += 1;
    } else {
      depth -= 1;
      if (depth === 0) items.push(body.slice(start, match.index));
    }
  }
  return items;
}
