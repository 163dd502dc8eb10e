import { type DeclaredImage, declaredImages } from "../artifact/declaration";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { page } from "../console/pages";
import { isSameRepository, remoteAddress } from "../git/address";
import type { StatusTarget } from "../gitops/status";
import type { WorkloadName } from "../gitops/workload";
import { synthesizeApp } from "../project/app";
import { findProject, readStacks, type Stack } from "../project/project";
import { synthesizeIfMissing } from "../project/synth";
import type { ClusterFlags, TargetFlags } from "./gitops-options";

/** A service of an environment, as the stacks declare it and the options change it. */
export type Target = StatusTarget;

type Flags = TargetFlags & Partial<ClusterFlags>;

/** The target of one service in an environment. @throws CliError when neither stacks nor options tell it. */
export async function targetOf(environment: string, service: string, flags: Flags): Promise<Target> {
  const { repository, path } = flags;
  if (repository !== undefined && path !== undefined)
    return withFlags({ environment, service }, undefined, flags);
  const declared = await declaredIn(flags);
  const found = declared.filter((one) => one.environment === environment && one.service === service);
  const [first] = found;
  if (first && found.length === 1)
    return withFlags({ environment, service }, await nearest(first, flags), flags);
  if (found.length > 1) {
    throw new CliError(
      EXIT.USAGE,
      `${found.length} stacks declare the image of ${service} in ${environment}`,
      "leave one",
    );
  }
  const names = declared.map((one) => `${one.service} in ${one.environment}`).join(", ");
  throw new CliError(
    EXIT.USAGE,
    `no stack declares an image of service ${JSON.stringify(service)} in environment ${JSON.stringify(environment)}`,
    names === "" ? "none declares an image at all" : `declared: ${names}`,
    `name where it is set: --repository <url> --path <folder>: ${page("delivery")}`,
  );
}

/** The targets of an environment, or of all. */
export async function targetsOf(environment: string | undefined, flags: Flags): Promise<readonly Target[]> {
  const declared = await declaredIn(flags);
  const found = declared.filter((one) => environment === undefined || one.environment === environment);
  if (found.length === 0) {
    const names = [...new Set(declared.map((one) => one.environment))].join(", ");
    throw new CliError(
      EXIT.USAGE,
      environment === undefined
        ? "no stack declares an image"
        : `no stack declares an image of environment ${JSON.stringify(environment)}`,
      names === "" ? `declare one: ${page("delivery")}` : `use one of ${names}`,
    );
  }
  return Promise.all(
    found.map(async (one) =>
      withFlags({ environment: one.environment, service: one.service }, await nearest(one, flags), flags),
    ),
  );
}

/** The targets of an environment for `wait`: of an Application that is named, no stack is read. */
export async function environmentTargets(environment: string, flags: Flags): Promise<readonly Target[]> {
  if (flags.application === undefined) return targetsOf(environment, flags);
  return [withFlags({ environment, service: environment }, undefined, flags)];
}

/** What runs a service: as the options name it, else as the stacks declare it. @throws CliError when neither tells it. */
export async function workloadOf(environment: string, service: string, flags: Flags): Promise<WorkloadName> {
  const { namespace, workload } = flags;
  if (namespace !== undefined && workload !== undefined) return { namespace, name: workload, rollout: true };
  const target = await targetOf(environment, service, flags);
  if (target.workload) return target.workload;
  throw new CliError(
    EXIT.USAGE,
    `the stacks do not say what runs ${service} in ${environment}`,
    `name it: --namespace <name> --workload <name>: ${page("delivery")}`,
  );
}

async function declaredIn({ skipSynth }: Flags): Promise<readonly DeclaredImage[]> {
  const project = findProject();
  await (skipSynth ? synthesizeIfMissing : synthesizeApp)(project);
  const stacks: readonly Stack[] = readStacks(project);
  return stacks.flatMap((stack) => declaredImages(stack));
}

/** A declaration whose repository is the checkout that is worked in, where that is the same: its credentials count then. */
async function nearest(declared: DeclaredImage, { repository }: Flags): Promise<DeclaredImage> {
  if (repository !== undefined) return declared;
  const own = await remoteAddress(process.cwd(), "origin");
  if (own === undefined || !isSameRepository(own, declared.gitops.repository)) return declared;
  return { ...declared, gitops: { ...declared.gitops, repository: process.cwd() } };
}

function withFlags(
  names: { readonly environment: string; readonly service: string },
  declared: DeclaredImage | undefined,
  flags: Flags,
): Target {
  const { gitops } = declared ?? {};
  const application = flags.application ?? gitops?.application;
  const namespace = flags.namespace ?? gitops?.namespace;
  const workload = flags.workload ?? gitops?.workload;
  const newName = flags.newName ?? (declared && registryName(declared));
  return {
    ...names,
    repository: flags.repository ?? gitops?.repository ?? "",
    branch: flags.branch ?? gitops?.revision ?? "main",
    path: flags.path ?? gitops?.path ?? "",
    image: flags.image ?? gitops?.image ?? names.service,
    ...(newName === undefined ? {} : { newName }),
    application:
      application === undefined
        ? undefined
        : { name: application, namespace: flags.argocdNamespace ?? "argocd" },
    workload:
      namespace === undefined || workload === undefined
        ? undefined
        : { namespace, name: workload, rollout: flags.rollout ?? gitops?.rollout ?? false },
  };
}

/** The repository of an image in ECR; undefined when the account is not known. */
function registryName({ account, region, repository }: DeclaredImage): string | undefined {
  if (account === undefined) return undefined;
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `${account}.dkr.ecr.${region}.${domain}/${repository}`;
}
