import { setTimeout as sleep } from "node:timers/promises";
import { CliError, Interrupted } from "../console/errors";
import { type KubernetesClient, KubernetesFault } from "../kubernetes/client";
import { interrupted } from "../process/interrupts";
import { runSteps, type Step } from "../progress/tasks";
import type { ApplicationName } from "./application";
import { Containment } from "./contained";
import { shortRevision } from "./judge";
import { imageMessage, shortImage, whoRuns } from "./message";
import { type ImageReverted, type RevertImageProps, revertImage } from "./revert-image";
import { type Reached, waitForRevision } from "./wait";
import { type Aborted, abortRollout, type WorkloadName } from "./workload";

/** Properties of {@link rollback}. */
export interface RollbackProps extends Omit<RevertImageProps, "message" | "hold" | "approve"> {
  readonly environment: string;
  readonly service: string;
  readonly reason: string;

  /** Its cluster; it is asked for when it is needed, and Git is reverted also where there is none. */
  readonly client: () => KubernetesClient;

  /** What runs the image; undefined when nothing is known of it. */
  readonly workload: WorkloadName | undefined;

  /** Undefined when Git alone is rolled back, and nothing is waited for. */
  readonly wait:
    | {
        readonly application: ApplicationName;
        readonly timeout: number;
        readonly sync: boolean;
        readonly prune: boolean;
        readonly pause?: number;
      }
    | undefined;
  readonly env: NodeJS.ProcessEnv;

  /** Keeps standard output free for a JSON document. */
  readonly quiet?: boolean;
}

/** What was done. */
export interface RolledBack {
  /** What became of the Rollout; undefined when the workload is none. */
  readonly rollout: Aborted | "not reached" | undefined;
  readonly git: ImageReverted;

  /** The commit that the environment has now; undefined when nothing was waited for. */
  readonly reached: Reached | undefined;
}

/** Tries to abort against an API that does not answer. */
const TRIES = 3;

/**
 * Rolls an environment back: aborts the Rollout, takes the image back in Git and holds it there, and waits until that is what
 * runs. A run that comes after one that was ended does what is left: each step looks first whether it is done.
 *
 * @throws CliError that says what is done and what is left.
 */
export async function rollback(props: RollbackProps): Promise<RolledBack> {
  const { workload, wait } = props;
  const done: { rollout?: RolledBack["rollout"]; git?: ImageReverted; reached?: Reached } = {};
  const steps: Step<object>[] = [
    ...(workload?.rollout
      ? [
          {
            title: `Abort the rollout of ${workload.name}`,
            run: async () => {
              const { rollout, why } = await abort(props, workload);
              done.rollout = rollout;
              return why ?? rollout;
            },
          },
        ]
      : []),
    {
      title: `Take the image back in Git, and hold it there`,
      tells: true,
      run: async (_: object, progress: (line: string) => void) => {
        const git = await takeBack({ ...props, onProgress: progress });
        done.git = git;
        const what = git.changed ? "by commit" : "done before, by commit";
        return `${shortImage(git.entry)} ${what} ${shortRevision(git.commit)}`;
      },
    },
    ...(wait
      ? [
          {
            title: "Wait until it runs",
            tells: true,
            run: async (_: object, progress: (line: string) => void) => {
              const reached = await waitForRevision({
                ...wait,
                terminates: true,
                client: props.client(),
                containment: new Containment(props, done.git?.commit ?? ""),
                ...(wait.sync ? { syncAs: `groundplan: ${whoRuns(props.env).by}` } : {}),
                onProgress: progress,
              });
              done.reached = reached;
              return `${shortRevision(reached.revision)} is synced and healthy`;
            },
          },
        ]
      : []),
  ];
  try {
    await runSteps(steps, {}, props.quiet);
  } catch (error) {
    if (error instanceof CliError) throw withLeft(error, done, props);
    throw error;
  }
  if (!done.git) throw new Error("a rollback without a commit");
  return { rollout: done.rollout, git: done.git, reached: done.reached };
}

/** Aborts what goes on. What cannot be reached keeps nobody from reverting Git: with that, Argo CD brings the old one back too. */
async function abort(
  { client }: RollbackProps,
  workload: WorkloadName,
): Promise<{ readonly rollout: Aborted | "not reached"; readonly why?: string }> {
  for (let tried = 1; ; tried += 1) {
    try {
      return { rollout: await abortRollout(client(), workload) };
    } catch (error) {
      // Who presses Ctrl-C wants nothing more done.
      if (!(error instanceof CliError) || error instanceof Interrupted) throw error;
      const passing = error instanceof KubernetesFault && error.passing;
      if (!passing || tried >= TRIES) {
        return { rollout: "not reached", why: `not aborted, going on: ${error.message.split("\n")[0]}` };
      }
      await sleep(1000, undefined, { signal: interrupted }).catch(() => undefined);
    }
  }
}

function takeBack(props: RollbackProps & { onProgress: (line: string) => void }): Promise<ImageReverted> {
  const { environment, service, reason, env } = props;
  const { by, run } = whoRuns(env);
  const who = run === undefined ? by : `${by}, ${run}`;
  return revertImage({
    ...props,
    hold: { since: new Date().toISOString(), by: who, reason },
    message: ({ entry, from, revertsTo }) =>
      imageMessage({
        action: "Roll back",
        environment,
        service,
        entry,
        reason: `${reason}\n\nNo other image is set until one is approved: groundplan gitops set-image ${environment} ${service} <digest> --approve`,
        env,
        ...(from ? { before: from } : {}),
        ...(revertsTo === undefined ? {} : { revertsTo }),
      }),
  });
}

/** An error that says what is done, and what is left. */
function withLeft(
  error: CliError,
  { rollout, git }: { readonly rollout?: RolledBack["rollout"]; readonly git?: ImageReverted },
  { environment, service, workload }: RollbackProps,
): CliError {
  const aborted = rollout === "aborted" || rollout === "aborted before";
  const done = [
    ...(aborted ? ["the rollout is aborted"] : []),
    ...(git ? [`Git has ${shortImage(git.entry)} by commit ${shortRevision(git.commit)}, and holds it`] : []),
  ];
  const left = [
    ...(workload?.rollout && !aborted && rollout === "not reached" ? ["the rollout was not reached"] : []),
    ...(git ? ["to wait until it runs"] : ["to take the image back in Git", "to wait until it runs"]),
  ];
  const [what = "", ...lines] = error.message.split("\n").map((line) => line.replace(/^ {2}/, ""));
  const told = [
    ...lines,
    ...(done.length > 0 ? [`done: ${done.join("; ")}`] : []),
    `left: ${left.join("; ")}`,
    `run it again, it does what is left: groundplan gitops rollback ${environment} ${service}`,
  ];
  return error instanceof Interrupted
    ? new Interrupted(...told)
    : new CliError(error.exitCode, what, ...told);
}
