import { userInfo } from "node:os";
import type { Command } from "commander";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, paint, say, sayJson } from "../console/output";
import { SKIPPED_ANNOTATION } from "../delivery/canary-rollout";
import { PROMOTION_FORMAT } from "../delivery/formats";
import { promoteCanary } from "../gitops/promote-canary";
import { type ClusterFlags, checkedName, clientsOf, examples, type TargetFlags } from "./gitops-options";
import { workloadOf } from "./gitops-target";

interface PromoteFlags
  extends Pick<ClusterFlags, "kubeconfig" | "context" | "namespace" | "workload">,
    Pick<TargetFlags, "skipSynth"> {
  readonly skipAnalysis?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

/** Longest reason, in characters. */
const LONGEST_REASON = 1000;

/** Adds `groundplan gitops promote-canary`. */
export function addPromoteCanary(gitops: Command): void {
  gitops
    .command("promote-canary")
    .argument("<environment>", "e.g. prod")
    .argument("<service>", "e.g. app")
    .summary("let a canary go on that waits, or has failed for the stable version's sake")
    .description(
      "Ends the pause of a canary. With --skip-analysis the new version takes over at once, also when the canary was aborted: " +
        `for a stable version that is broken itself, against which no canary can win. Why is written into the annotation ${SKIPPED_ANNOTATION} of the Rollout.`,
    )
    .option("--skip-analysis", "skip the rest of its steps and analyses")
    .option("--reason <text>", "why they are skipped")
    .option("--namespace <name>", "namespace of the Rollout (default: as the stacks declare it)")
    .option("--workload <name>", "name of the Rollout (default: as the stacks declare it)")
    .option("--kubeconfig <file>", "kubeconfig (default: KUBECONFIG, or ~/.kube/config)")
    .option(
      "--context <name>",
      "context of the kubeconfig, in which {environment} stands for the environment (default: the current one)",
    )
    .option("--skip-synth", "use the stacks as they were last synthesized")
    .option("--json", "print what was done as JSON")
    .addHelpText(
      "after",
      examples(
        "promote-canary prod app",
        'promote-canary prod app --skip-analysis --reason "1.4.0 answers nobody, INC-12"',
        "promote-canary prod app --namespace shop-prod --workload shop --context prod",
      ),
    )
    .action(run);
}

async function run(environment: string, service: string, flags: PromoteFlags): Promise<void> {
  const skipAnalysis = skippedBy(flags);
  const named = [checkedName("an environment", environment), checkedName("a service", service)] as const;
  const { namespace, name } = await workloadOf(...named, flags);
  const client = clientsOf(flags, process.env)(environment);
  const { stable, promotion } = await promoteCanary(
    client,
    { namespace, name },
    { ...(skipAnalysis ? { skipAnalysis } : {}), now: new Date() },
  );
  if (flags.json) {
    sayJson({
      format: PROMOTION_FORMAT,
      version: 1,
      namespace,
      rollout: name,
      from: promotion?.from ?? stable,
      to: promotion?.to ?? stable,
      skipped: promotion !== undefined && skipAnalysis !== undefined,
      changed: promotion !== undefined,
      ...(promotion && skipAnalysis ? { reason: skipAnalysis.reason } : {}),
    });
  } else if (!promotion) {
    say(
      line`Nothing to promote: ${paint.strong(stable)} is the stable version of ${name}, and there is no other.`,
    );
  } else {
    say(
      line`${paint.good("Promoted")}  ${paint.strong(promotion.to)} takes over from ${promotion.from} in ${name}`,
    );
    if (skipAnalysis)
      say(
        line`  ${paint.warning("without its analyses")}: ${skipAnalysis.reason}, recorded in ${SKIPPED_ANNOTATION}`,
      );
  }
}

/** Who skips the analyses and why; undefined when they are not. */
function skippedBy({ skipAnalysis, reason }: PromoteFlags): { reason: string; by: string } | undefined {
  const why = reason?.trim() ?? "";
  if (!skipAnalysis) {
    if (reason === undefined) return undefined;
    throw new CliError(
      EXIT.USAGE,
      "--reason says why analyses are skipped, and none is",
      "add --skip-analysis, or leave it out",
    );
  }
  if (why === "" || why.length > LONGEST_REASON) {
    throw new CliError(
      EXIT.USAGE,
      why === ""
        ? "--skip-analysis needs a reason, which is recorded"
        : `--reason has ${why.length} characters`,
      `write 1 to ${LONGEST_REASON}: --reason "1.4.0 answers nobody, INC-12"`,
    );
  }
  return { reason: why, by: process.env.GITHUB_ACTOR ?? userInfo().username };
}
