import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** What is read of a Rollout of Argo Rollouts. */
export interface Rollout {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly paused?: boolean;
    readonly strategy: { readonly canary?: { readonly steps?: readonly unknown[] } };
  };
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly abort?: boolean;
    readonly controllerPause?: boolean;
    readonly currentStepIndex?: number;
    readonly currentPodHash?: string;
    readonly stableRS?: string;
    readonly pauseConditions?: readonly { readonly reason: string }[];
    readonly canary?: { readonly currentStepAnalysisRunStatus?: { readonly status: string } };
  };
}

/** Changes a Rollout, by merge patches. */
export interface RolloutPatches {
  /** Annotations, which stand before anything else is changed. */
  readonly annotations?: Readonly<Record<string, string>>;

  /** Of the object itself. */
  readonly spec?: object;

  /** Of its subresource `status`. */
  readonly status?: object;
}

/** How a canary is promoted. */
export interface PromotionProps {
  /** Skips the rest of its steps and analyses; why is written into the record. @default - only a pause is ended */
  readonly skipAnalysis?: { readonly reason: string; readonly by: string };

  readonly now: Date;
}

/** Annotation in which a promotion without its analyses is recorded: JSON with who, when, why, and both versions. */
export const SKIPPED_ANNOTATION = "groundplan.dev/analysis-skipped";

/** What promotes a canary; undefined when there is nothing to promote. */
export interface Promotion {
  /** Hashes of the stable version, and of the one that takes over. */
  readonly from: string;
  readonly to: string;

  readonly patches: RolloutPatches;
}

/**
 * The changes by which a canary goes on, as `kubectl argo rollouts promote` makes them, and with `--full` where the
 * analyses are skipped. An aborted one is taken up again: a stable version that is broken itself can thus be replaced.
 *
 * @throws CliError where only an analysis can decide.
 * @see https://github.com/argoproj/argo-rollouts/blob/v1.9.2/pkg/kubectl-argo-rollouts/cmd/promote/promote.go
 */
export function promotionOf(rollout: Rollout, props: PromotionProps): Promotion | undefined {
  const { spec, status = {} } = rollout;
  const { currentPodHash: to = "", stableRS: from = "" } = status;
  if (!spec.strategy.canary) {
    throw new CliError(EXIT.FAILED, `${idOf(rollout)} has no canary`, "promote it as its own strategy wants");
  }
  if (to === "" || to === from) return undefined;
  const unpaused = spec.paused ? { spec: { paused: false } } : {};
  if (props.skipAnalysis) {
    const { reason, by } = props.skipAnalysis;
    const record = { at: props.now.toISOString(), by, reason, from, to };
    return {
      from,
      to,
      patches: {
        annotations: { [SKIPPED_ANNOTATION]: JSON.stringify(record) },
        ...unpaused,
        status: { ...(status.abort ? { abort: false } : {}), promoteFull: true },
      },
    };
  }
  if (status.abort) {
    throw new CliError(
      EXIT.FAILED,
      `the canary of ${idOf(rollout)} was aborted: ${status.message ?? "no reason is given"}`,
      "put another version into Git; or, when the stable version is the broken one: --skip-analysis --reason <why>",
    );
  }
  const paused = (status.pauseConditions ?? []).length > 0;
  if (!paused && !spec.paused) {
    throw new CliError(
      EXIT.FAILED,
      `the canary of ${idOf(rollout)} waits for nobody: it is ${status.phase ?? "not begun"}, and its analysis decides`,
      "wait for it, or: --skip-analysis --reason <why>",
    );
  }
  return { from, to, patches: { ...unpaused, ...(paused ? { status: continued(rollout) } : {}) } };
}

/** The end of a pause; an analysis that could not decide is passed over, else the pause would come again. */
function continued({ status = {} }: Rollout): object {
  const undecided = status.canary?.currentStepAnalysisRunStatus?.status === "Inconclusive";
  if (!undecided || !status.controllerPause) return { pauseConditions: null };
  return {
    pauseConditions: null,
    controllerPause: false,
    currentStepIndex: (status.currentStepIndex ?? 0) + 1,
  };
}

function idOf({ metadata: { name, namespace } }: Rollout): string {
  return `Rollout ${name} in ${namespace}`;
}
