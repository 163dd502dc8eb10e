import { type Command, InvalidArgumentError, Option } from "commander";
import { CliError } from "../console/errors";
import { EXIT, EXIT_HELP } from "../console/exit-codes";
import { KubernetesClient } from "../kubernetes/client";

/** Where an image is set, by options: for a repository whose stacks do not declare it. */
export interface TargetFlags {
  readonly repository?: string;
  readonly branch?: string;
  readonly path?: string;
  readonly image?: string;
  readonly newName?: string;
  readonly skipSynth?: boolean;
}

/** Which cluster is asked, and for what. */
export interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly application?: string;
  readonly argocdNamespace: string;
  readonly namespace?: string;
  readonly workload?: string;
  readonly rollout?: boolean;
}

/** Adds the options by which an image is set elsewhere than the stacks say. */
export function withTarget(command: Command): Command {
  return command
    .option(
      "--repository <url|folder>",
      "Git repository, or a checkout of it (default: as the stacks declare it)",
    )
    .option("--branch <name>", "branch that is deployed (default: as the stacks declare it, else main)")
    .option("--path <folder>", "folder of the environment's kustomization.yaml in the repository")
    .option("--image <name>", "name of the image in kustomization.yaml (default: the service's)")
    .option("--skip-synth", "use the stacks as they were last synthesized");
}

/** Adds the options of the commands that ask a cluster. */
export function withCluster(command: Command): Command {
  return command
    .option("--kubeconfig <file>", "kubeconfig (default: KUBECONFIG, or ~/.kube/config)")
    .option(
      "--context <name>",
      "context of the kubeconfig, in which {environment} stands for the environment (default: the current one)",
    )
    .option("--application <name>", "Application of Argo CD (default: as the stacks declare it)")
    .option("--argocd-namespace <name>", "namespace of Argo CD", "argocd");
}

/** Adds the options of the commands that look at what runs an image. */
export function withWorkload(command: Command): Command {
  return command
    .option("--namespace <name>", "namespace of the workload (default: as the stacks declare it)")
    .option("--workload <name>", "Deployment or Rollout (default: as the stacks declare it)")
    .option("--rollout", "the workload is a Rollout of Argo Rollouts");
}

/** Adds how long is waited. */
export function withTimeout(command: Command): Command {
  return command.addOption(
    new Option("--timeout <duration>", "how long to wait, e.g. 90s, 10m or 1h")
      .argParser(milliseconds)
      .default(600_000, "10m"),
  );
}

/** A duration as `90s`, `10m` or `1h`, in milliseconds. */
export function milliseconds(text: string): number {
  const [, number, unit] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  const factor = { s: 1000, m: 60_000, h: 3_600_000 }[unit ?? ""];
  if (number !== undefined && factor !== undefined) return Number(number) * factor;
  throw new InvalidArgumentError("use a number with its unit, e.g. 90s, 10m or 1h");
}

/** Examples and exit codes, below a command's options. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ npx groundplan gitops ${line}\n`).join("")}${EXIT_HELP}`;
}

/** The clients of the clusters that the options name, each made when it is first asked. */
export function clientsOf(
  { kubeconfig, context }: Pick<ClusterFlags, "kubeconfig" | "context">,
  env: NodeJS.ProcessEnv,
): (environment: string) => KubernetesClient {
  const clients = new Map<string, KubernetesClient>();
  return (environment) => {
    const name = context?.replaceAll("{environment}", environment);
    const client =
      clients.get(name ?? "") ??
      KubernetesClient.of({
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
        ...(name === undefined ? {} : { context: name }),
        env,
      });
    clients.set(name ?? "", client);
    return client;
  };
}

/** A name of an environment or a service. @throws CliError when it is none. */
export function checkedName(what: string, name: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,62}$/.test(name)) return name;
  throw new CliError(
    EXIT.USAGE,
    `${JSON.stringify(name)} is no name of ${what}`,
    "use letters, digits and hyphens",
  );
}
