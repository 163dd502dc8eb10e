import type { Command } from "commander";
import { table } from "../artifact/overview";
import { line, paint, say, sayJson } from "../console/output";
import { shortRevision } from "../gitops/judge";
import { type ServiceStatus, statusOf } from "../gitops/status";
import {
  type ClusterFlags,
  checkedName,
  clientsOf,
  examples,
  type TargetFlags,
  withCluster,
  withTarget,
  withWorkload,
} from "./gitops-options";
import { targetOf, targetsOf } from "./gitops-target";

interface Flags extends TargetFlags, ClusterFlags {
  readonly service?: string;
  readonly json?: boolean;
}

/** Adds `groundplan gitops status`. */
export function addStatus(gitops: Command): void {
  withWorkload(
    withCluster(
      withTarget(
        gitops
          .command("status")
          .argument("[environment]", "environment (default: all that the stacks declare)")
          .summary("show what Git says of each service, and what runs")
          .description(
            "Shows of each service the image in Git and whether a rollback holds it, what Argo CD has synced, how healthy that is, what the pods run, and how far a canary is.",
          ),
      ),
    ),
  )
    .option("--service <name>", "one service")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      examples("status", "status --context 'eks-{environment}'", "status prod --service app --json"),
    )
    .action(run);
}

async function run(environment: string | undefined, flags: Flags): Promise<void> {
  if (environment !== undefined) checkedName("an environment", environment);
  const { service } = flags;
  const targets =
    environment !== undefined && service !== undefined
      ? [await targetOf(environment, checkedName("a service", service), flags)]
      : (await targetsOf(environment, flags)).filter(
          (one) => service === undefined || one.service === service,
        );
  const clients = clientsOf(flags, process.env);
  const services = await Promise.all(
    targets.map((target) => statusOf(target, () => clients(target.environment))),
  );
  if (flags.json) return sayJson({ format: "groundplan.gitops.status", version: 1, services });
  table(
    ["environment", "service", "Git", "since", "runs", "synced", "health", "state"],
    services.map((one) => [
      one.environment,
      one.service,
      ...gitCells(one),
      ...clusterCells(one),
      one.verdict,
    ]),
  );
  for (const { environment: name, service: which, git } of services) {
    if (!("held" in git) || !git.held) continue;
    const { since, by, reason } = git.held;
    say(line`${paint.warning("Held")}: ${which} in ${name} since ${since} by ${by}: ${reason}`);
    say(line`  npx groundplan gitops set-image ${name} ${which} <digest> --approve`);
  }
}

function gitCells({ git }: ServiceStatus): readonly string[] {
  if ("unknown" in git) return ["?", "?"];
  return [`${shortDigest(git.image)}${git.held ? " (held)" : ""}`, shortRevision(git.commit)];
}

function clusterCells({ cluster }: ServiceStatus): readonly string[] {
  if ("unknown" in cluster) return ["?", "?", "?"];
  const { application, running } = cluster;
  const images = running.map(({ image, ready, pods }) => `${shortDigest(image)} ${ready}/${pods}`);
  return [
    images.join(", ") || "-",
    application ? `${shortRevision(application.revision)} ${application.sync}`.trim() : "-",
    application?.health ?? "-",
  ];
}

/** An image by the first characters of its digest, or by its tag. */
function shortDigest(image: string): string {
  const [, digest] = /@sha256:([0-9a-f]{12})/.exec(image) ?? [];
  return digest ?? image.slice(image.lastIndexOf(":") + 1);
}
