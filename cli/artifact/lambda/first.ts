import { callerAccount } from "../../aws/caller";
import { endIfInterrupted } from "../../process/interrupts";
import type { Progress } from "../../progress/tasks";
import { type Project, readStacks } from "../../project/project";
import type { Artifact } from "../index-object";
import { Pins } from "../pins";
import { publish } from "../publish";
import { type Service, servicesOf } from "../service";
import { ArtifactStore } from "../store";
import { artifactLocation, artifactStacks, type Target, targetsOf } from "../target";
import { buildArtifact } from "./build";

/**
 * Pins a first artifact of each service in each environment of the account that has none, so that the first
 * deploy of its stack finds code: the newest that is published, or one that is built and published now.
 *
 * @returns what was pinned, e.g. `api in dev`; empty when nothing was left to do.
 */
export async function firstArtifacts(project: Project, progress: Progress): Promise<readonly string[]> {
  const stacks = readStacks(project);
  const all = targetsOf(stacks);
  if (artifactStacks(stacks).length === 0 || all.length === 0) return [];
  const store = new ArtifactStore(artifactLocation(stacks));
  const account = await callerAccount(store.location.region);
  const targets = all.filter((target) => target.account === undefined || target.account === account);
  const pinnedNow: string[] = [];
  for (const service of servicesOf(project)) {
    const missing = await withoutPin(store, targets, service);
    if (missing.length === 0) continue;
    progress(`pinning the first artifact of ${service.name}`);
    const artifact = await newest(project, store, service);
    for (const target of missing) {
      endIfInterrupted();
      await new Pins(store, target).pin(artifact);
      pinnedNow.push(`${service.name} in ${target.environment}`);
    }
  }
  return pinnedNow;
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

async function newest(project: Project, store: ArtifactStore, service: Service): Promise<Artifact> {
  const { artifacts } = await store.index(service.name);
  for (const artifact of [...artifacts].reverse()) if (await store.has(artifact)) return artifact;
  return (await publish(store, await buildArtifact(project, service))).artifact;
}
