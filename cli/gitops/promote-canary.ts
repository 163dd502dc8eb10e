import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { type Promotion, type PromotionProps, promotionOf, type Rollout } from "../delivery/canary-rollout";
import type { KubernetesClient } from "../kubernetes/client";
import { type WorkloadName, workloadPath } from "./workload";

/** How a canary was promoted. */
export interface Promoted {
  /** Hash of the version that was stable; empty before the first. */
  readonly stable: string;

  /** Undefined when there was nothing to promote. */
  readonly promotion: Promotion | undefined;
}

/**
 * Promotes the canary of a Rollout. Its annotations are written first, so that nothing happens that is not recorded.
 *
 * @throws CliError when there is no such Rollout, or only an analysis can decide.
 */
export async function promoteCanary(
  client: KubernetesClient,
  { namespace, name }: Omit<WorkloadName, "rollout">,
  props: PromotionProps,
): Promise<Promoted> {
  const path = workloadPath({ namespace, name, rollout: true });
  const found = await client.find(path);
  if (found === undefined) {
    throw new CliError(
      EXIT.FAILED,
      `there is no Rollout ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)}`,
      `at ${client.where}`,
      "name another cluster with --context, or where it is with --namespace and --workload",
    );
  }
  const rollout = found as unknown as Rollout;
  const promotion = promotionOf(rollout, props);
  const { annotations, spec, status } = promotion?.patches ?? {};
  if (annotations) await client.merge(path, { metadata: { annotations } });
  if (status) await client.merge(`${path}/status`, { status });
  if (spec) await client.merge(path, { spec });
  return { stable: rollout.status?.stableRS ?? "", promotion };
}
