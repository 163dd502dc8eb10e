import { ofOperations } from "../../gateway/corrections";
import type { WholeRequest } from "../../gateway/exchange";
import type { Forward } from "../../gateway/service";
import { call, listOf, parametersOf, textsOf } from "./query";

/**
 * A gateway endpoint has a route to its service in each of its route tables. moto writes them when the
 * endpoint is made, and neither adds nor removes one when its route tables change; it then cannot delete
 * the endpoint.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html
 */
export const modifyVpcEndpoint = ofOperations(["ModifyVpcEndpoint"], async (request, forward) => {
  const parameters = parametersOf(request);
  const added = listOf(parameters, "AddRouteTableId");
  const removed = listOf(parameters, "RemoveRouteTableId");
  const endpoint = parameters.get("VpcEndpointId") ?? "";
  const response = await forward(request);
  if (response.status !== 200 || added.length + removed.length === 0) return response;

  const list = await prefixListOf(request, forward, endpoint);
  if (list === undefined) return response;
  for (const table of added) {
    const route = { RouteTableId: table, DestinationPrefixListId: list, GatewayId: endpoint };
    await forward(call(request, "CreateRoute", route));
  }
  for (const table of removed) {
    await forward(call(request, "DeleteRoute", { RouteTableId: table, DestinationPrefixListId: list }));
  }
  return response;
});

/** The prefix list of an endpoint's service. */
async function prefixListOf(
  request: WholeRequest,
  forward: Forward,
  endpoint: string,
): Promise<string | undefined> {
  const found = await forward(call(request, "DescribeVpcEndpoints", { "VpcEndpointId.1": endpoint }));
  const [service] = textsOf(found, "serviceName");
  if (service === undefined) return undefined;
  const lists = await forward(
    call(request, "DescribeManagedPrefixLists", {
      "Filter.1.Name": "prefix-list-name",
      "Filter.1.Value.1": service,
    }),
  );
  return textsOf(lists, "prefixListId")[0];
}
