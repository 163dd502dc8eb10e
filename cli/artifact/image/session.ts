import { callerAccount } from "../../aws/caller";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { page } from "../../console/pages";
import { isSameRepository, remoteAddress } from "../../git/address";
import type { ImageTarget as GitTarget } from "../../gitops/image-target";
import { synthesizeApp } from "../../project/app";
import { findProject, type Project, readStacks } from "../../project/project";
import { synthesizeIfMissing } from "../../project/synth";
import { checkAccount } from "../account";
import { type DeclaredImage, declaredImages } from "../declaration";
import { type Service, serviceNamed } from "../service";
import { promotionOrder } from "../target";
import { Ecr } from "./ecr";
import { registryHost } from "./reference";
import { ImageRepository } from "./registry";

/** Where Git is, when it is not where the stacks say. */
export interface GitOptions {
  /** URL of the repository, or a checkout of it. */
  readonly repository?: string;
  readonly branch?: string;
}

/** A service whose image the stacks declare, with its environments in the order of promotion. */
export class ImageSession {
  private constructor(
    readonly project: Project,
    readonly service: Service,
    readonly targets: readonly DeclaredImage[],
    private readonly git: GitOptions,
    private readonly ownAddress: string | undefined,
  ) {}

  /**
   * Reads the synthesized stacks.
   *
   * @param fresh - synthesizes first.
   */
  static async begin(
    serviceName: string | undefined,
    options: GitOptions & { readonly fresh?: boolean } = {},
  ): Promise<ImageSession> {
    const project = findProject();
    const service = serviceNamed(project, serviceName);
    await (options.fresh ? synthesizeApp : synthesizeIfMissing)(project);
    const declared = readStacks(project).flatMap((stack) => declaredImages(stack));
    const targets = declared.filter((one) => one.service === service.name);
    if (targets.length === 0) {
      const others = [...new Set(declared.map((one) => one.service))];
      throw new CliError(
        EXIT.USAGE,
        `no stack declares the image of service ${service.name}`,
        others.length > 0 ? `declared are ${others.join(", ")}` : "none declares an image at all",
        `add ${JSON.stringify(service.name)} to registry.repositories and gitops.services: ${page("delivery")}`,
      );
    }
    const own = options.repository === undefined ? await remoteAddress(project.root, "origin") : undefined;
    return new ImageSession(project, service, promotionOrder(targets), options, own);
  }

  /** The target of an environment; without a name the first, to which images are published. */
  target(environment?: string): DeclaredImage {
    const [first] = this.targets;
    const found =
      environment === undefined ? first : this.targets.find((one) => one.environment === environment);
    if (found) return found;
    const names = this.targets.map((one) => one.environment).join(", ");
    throw new CliError(
      EXIT.USAGE,
      `service ${this.service.name} has no image in environment ${JSON.stringify(environment)}`,
      `use one of ${names}`,
    );
  }

  /** The environment from which images come into one. @throws CliError for the first. */
  before(target: DeclaredImage, from?: string): DeclaredImage {
    const name = from ?? target.promotedFrom;
    if (name !== undefined) return this.target(name);
    throw new CliError(
      EXIT.USAGE,
      `${target.environment} is the first environment: nothing is promoted into it`,
      `publish into it: npx groundplan artifact publish ${this.service.name}`,
      `then set it: npx groundplan artifact deploy ${target.environment} --service ${this.service.name}`,
    );
  }

  /** The repository of an environment, by Docker's protocol. @throws CliError with credentials of another account. */
  async repository(target: DeclaredImage): Promise<ImageRepository> {
    await this.check(target);
    return new ImageRepository(await this.ecr(target).registry(), target.repository);
  }

  /**
   * The repository of an environment to read from, which may be in another account: its policy says who may.
   */
  async readableRepository(target: DeclaredImage): Promise<ImageRepository> {
    const { account, region, repository } = target;
    const registry = await this.ecr(target).registry();
    if (account === undefined || isLocal(registry.url)) return new ImageRepository(registry, repository);
    return new ImageRepository({ ...registry, url: `https://${registryHost(account, region)}` }, repository);
  }

  /** @throws CliError with credentials of another account. */
  check({ environment, account, region }: DeclaredImage): Promise<void> {
    return checkAccount(`the registry of ${environment}`, { account, region });
  }

  ecr({ region }: DeclaredImage): Ecr {
    return new Ecr(region);
  }

  /** Name of the repository as Kubernetes pulls from it. */
  async imageName({ account, region, repository }: DeclaredImage): Promise<string> {
    return `${registryHost(account ?? (await callerAccount(region)), region)}/${repository}`;
  }

  /** Where a commit pins the image of an environment. */
  gitTarget({ gitops }: DeclaredImage): GitTarget {
    // Where the manifests are in this very repository, its checkout has the credentials: those of a workflow's job, too.
    const isOwn = this.ownAddress !== undefined && isSameRepository(this.ownAddress, gitops.repository);
    return {
      repository: this.git.repository ?? (isOwn ? this.project.root : gitops.repository),
      branch: this.git.branch ?? gitops.revision,
      path: gitops.path,
      image: gitops.image,
    };
  }
}

/** Whether a registry is not AWS's own. */
function isLocal(url: string): boolean {
  return !/\.amazonaws\.com(?:\.cn)?$/.test(new URL(url).hostname);
}
