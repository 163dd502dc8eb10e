import { ofOperations } from "../../gateway/corrections";
import type { WholeResponse } from "../../gateway/exchange";
import type { Correction } from "../../gateway/service";
import type { Hosts } from "../../hosts/hosts";
import type { TargetState } from "../../hosts/target-health";

/** What is mended of load balancers: their names and states, the health of targets; and who changes something, has it read again. */
export function corrections({ routing, targets }: Hosts): readonly Correction[] {
  const names = ofOperations(["CreateLoadBalancer", "DescribeLoadBalancers"], async (request, forward) => {
    const response = await forward(request);
    return withBody(
      response,
      String(response.body)
        .replaceAll(/(<DNSName>[^<]*?)\.elb\.amazonaws\.com(<\/DNSName>)/g, "$1.elb.localhost$2")
        // It answers at once; to a provider that looks again only after half a minute that matters.
        .replaceAll("<Code>provisioning</Code>", "<Code>active</Code>"),
    );
  });

  const health = ofOperations(["DescribeTargetHealth"], async (request, forward) => {
    const response = await forward(request);
    const group = new URLSearchParams(request.body.toString()).get("TargetGroupArn") ?? "";
    const mended = String(response.body).replaceAll(
      /(<Target>(?:(?!<\/Target>)[\s\S])*<\/Target>[\s\S]*?)<TargetHealth>[\s\S]*?<\/TargetHealth>/g,
      (whole, before: string) => {
        const [, id = ""] = /<Id>([^<]*)<\/Id>/.exec(before) ?? [];
        const [, port = "0"] = /<Port>(\d+)<\/Port>/.exec(before) ?? [];
        const state = targets.get({ group, id, port: id.startsWith("arn:") ? 0 : Number(port) });
        return state === undefined ? whole : `${before}<TargetHealth>${healthOf(state)}</TargetHealth>`;
      },
    );
    return withBody(response, mended);
  });

  const changes: Correction = {
    applies: ({ operation }) =>
      /^(?:Add|Create|Delete|Deregister|Modify|Register|Remove|Set)[A-Z]/.test(operation),
    async correct(request, forward) {
      const response = await forward(request);
      routing.note();
      return response;
    },
  };
  return [names, health, changes];
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html */
function healthOf(state: TargetState): string {
  const reasons: Partial<Record<TargetState, readonly [string, string]>> = {
    initial: ["Elb.InitialHealthChecking", "Initial health checks in progress"],
    unhealthy: ["Target.FailedHealthChecks", "Health checks failed"],
    draining: ["Target.DeregistrationInProgress", "Target deregistration is in progress"],
  };
  const [reason, description] = reasons[state] ?? [];
  const detail =
    reason === undefined ? "" : `<Reason>${reason}</Reason><Description>${description}</Description>`;
  return `<State>${state}</State>${detail}`;
}

function withBody(response: WholeResponse, body: string): WholeResponse {
  return { ...response, body };
}
