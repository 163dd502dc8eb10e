import { callerAccount } from "../../aws/caller";
import { EXIT } from "../../console/exit-codes";
import { endIfInterrupted } from "../../process/interrupts";
import type { Progress } from "../../progress/tasks";
import { type Project, readStacks } from "../../project/project";
import type { Artifact } from "../index-object";
import { artifactOwner, explainedToAccount } from "../owner";
import { Pins } from "../pins";
import { publish } from "../publish";
import { type Service, servicesOf } from "../service";
import { ArtifactStore, BucketRefusal } from "../store";
import { artifactLocation, artifactStacks, type Target, targetsOf } from "../target";
import { buildArtifact } from "./build";

/**
 * Pins a first artifact of each service in each environment of the account that has none, so that the first
 * deploy of its stack finds code: the newest that is published, or one that is built and published now.
 *
 * In another account than the bucket's, which only reads, it is the newest that is published.
 *
 * @param again - the command that comes to this again, for whoever has to do something in another account first.
 * @returns what was pinned, e.g. `api in dev`; empty when nothing was left to do.
 * @throws CliError that says what comes first, when the bucket does not let this account in.
 */
export async function firstArtifacts(
  project: Project,
  progress: Progress,
  again: string,
): Promise<readonly string[]> {
  const stacks = readStacks(project);
  const all = targetsOf(stacks);
  if (artifactStacks(stacks).length === 0 || all.length === 0) return [];
  const store = new ArtifactStore(artifactLocation(stacks));
  const owner = artifactOwner(stacks);
  const account = await callerAccount(store.location.region);
  const canPublish = owner === undefined || owner.account === account;
  const targets = all.filter((target) => target.account === undefined || target.account === account);
  const pinnedNow: string[] = [];
  try {
    for (const service of servicesOf(project)) {
      const missing = await withoutPin(store, targets, service);
      if (missing.length === 0) continue;
      progress(`pinning the first artifact of ${service.name}`);
      const published = await newest(store, service);
      if (published === undefined && !canPublish) throw nothingPublished(store, service);
      const artifact = published ?? (await publish(store, await buildArtifact(project, service))).artifact;
      for (const target of missing) {
        endIfInterrupted();
        await new Pins(store, target).pin(artifact);
        pinnedNow.push(`${service.name} in ${target.environment}`);
      }
    }
  } catch (error) {
    throw explainedToAccount(error, owner, account, again);
  }
  return pinnedNow;
}

function nothingPublished({ location: { bucket } }: ArtifactStore, { name }: Service): BucketRefusal {
  const where = `s3://${bucket}`;
  return new BucketRefusal(
    "empty",
    where,
    EXIT.HELD,
    `no artifact of ${name} is published yet`,
    `at ${where}`,
  );
}

async function withoutPin(
  store: ArtifactStore,
  targets: readonly Target[],
  service: Service,
): Promise<readonly Target[]> {
  const missing: Target[] = [];
  for (const target of targets) {
    if (target.service === service.name && !(await new Pins(store, target).read())) missing.push(target);
  }
  return missing;
}

/** The newest that is published and there. */
async function newest(store: ArtifactStore, service: Service): Promise<Artifact | undefined> {
  const { artifacts } = await store.index(service.name);
  for (const artifact of [...artifacts].reverse()) if (await store.has(artifact)) return artifact;
  return undefined;
}
