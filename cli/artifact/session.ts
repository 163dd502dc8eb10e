import { join } from "node:path";
import { callerAccount } from "../aws/caller";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { synthesizeApp } from "../project/app";
import { findProject, type Project, readStacks } from "../project/project";
import { readSettings } from "../project/settings";
import { synthesizeIfMissing } from "../project/synth";
import { findTerraform } from "../terraform/binary";
import { providerEnvironment } from "../terraform/mirror";
import { checkAccount } from "./account";
import { isBehind } from "./commit";
import { type Artifact, type ArtifactIndex, artifactNamed, isOlder } from "./index-object";
import type { ArtifactKind } from "./kind";
import { artifactOwner } from "./owner";
import { isTried } from "./pin";
import { Pins } from "./pins";
import { type Service, serviceNamed } from "./service";
import { ArtifactStore } from "./store";
import { artifactLocation, type Target, targetBefore, targetIn, targetsOfService } from "./target";

/** A service of a project with its bucket and its environments: what most commands begin with. */
export class Session {
  constructor(
    readonly kind: ArtifactKind,
    readonly project: Project,
    readonly service: Service,
    readonly store: ArtifactStore,
    readonly targets: readonly Target[],
    private readonly bucketAccount: string | undefined,
    private readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  /**
   * Finds the service, and reads the synthesized stacks.
   *
   * @param fresh - synthesizes first, so that a deploy never goes by stacks of yesterday.
   */
  static async begin(kind: ArtifactKind, serviceName: string | undefined, fresh: boolean): Promise<Session> {
    const project = findProject();
    const service = serviceNamed(project, serviceName);
    const env = providerEnvironment(join(project.root, ".groundplan", "terraform.rc"));
    await (fresh ? synthesizeApp : synthesizeIfMissing)(project);
    const stacks = readStacks(project);
    const store = new ArtifactStore(artifactLocation(stacks));
    const account = artifactOwner(stacks)?.account;
    return new Session(kind, project, service, store, targetsOfService(stacks, service.name), account, env);
  }

  /** The target of an environment. @throws CliError when there is none, or the credentials are of another account. */
  async target(environment: string): Promise<Target> {
    const target = targetIn(this.targets, environment);
    await checkAccount(environment, target);
    return target;
  }

  /** The artifact bucket's account alone may write it. @throws CliError when the credentials are of another. */
  async checkPublisher(): Promise<void> {
    const { bucket, region } = this.store.location;
    await checkAccount(`the artifact bucket ${bucket}`, { account: this.bucketAccount, region });
  }

  /** Account of the credentials. */
  caller(): Promise<string> {
    return callerAccount(this.store.location.region);
  }

  index(): Promise<ArtifactIndex> {
    return this.store.index(this.service.name);
  }

  pins(target: Target): Pins {
    return new Pins(this.store, target);
  }

  /** What Terraform is run with. */
  async terraform() {
    const { project, env } = this;
    return { project, terraform: await findTerraform(), env, mask: readSettings(project).mask ?? [] };
  }

  /** The artifact that is named, or the newest. @throws CliError when nothing is published. */
  async artifact(name: string | undefined): Promise<Artifact> {
    const index = await this.index();
    if (name !== undefined) return artifactNamed(index, name);
    const newest = index.artifacts.at(-1);
    if (newest) return newest;
    throw new CliError(
      EXIT.USAGE,
      `nothing of ${this.service.name} is published`,
      `at s3://${this.store.location.bucket}`,
      `publish it: npx groundplan artifact publish ${this.service.name}`,
    );
  }

  /**
   * The artifact that all callers of another environment get.
   *
   * @param from - the environment; by default the one before the target.
   * @throws CliError when it is pinned there and does not run, or not for all, or that is in another account.
   */
  async promoted(target: Target, from: Target = targetBefore(this.targets, target)): Promise<Artifact> {
    const named = `npx groundplan artifact deploy ${target.environment} --to <hash>`;
    await checkAccount(from.environment, from, `or name the artifact that runs there: ${named}`);
    const pins = this.pins(from);
    const read = await pins.read();
    if (!read) throw pins.nothing();
    const { pin } = read;
    const running = await this.kind.running(from);
    if (running?.sourceCodeHash !== pin.sourceCodeHash || isTried(pin)) {
      throw new CliError(
        EXIT.HELD,
        `${from.environment} is pinned to ${pin.sha256.slice(0, 12)}, and ${running ? (isTried(pin) ? "only some callers get it" : "runs another artifact") : "is not deployed"}`,
        `complete its deploy first: npx groundplan artifact deploy ${from.environment} --to ${pin.sha256.slice(0, 12)}`,
      );
    }
    return artifactNamed(await this.index(), pin.sha256);
  }

  /** @throws CliError when a later commit than the one of this folder is published already. */
  async checkLatest(): Promise<void> {
    const newest = (await this.index()).artifacts.at(-1);
    if (!newest || !(await isBehind(this.service.folder, newest.commit))) return;
    throw new CliError(
      EXIT.HELD,
      `${this.service.name} was published from ${newest.commit.slice(0, 12)}, which is later than the commit here`,
      "a later run was faster; nothing was published",
      "publish without --forward-only to make this the newest",
    );
  }

  /** Refuses to go back. @throws CliError when a target is pinned to what was published after an artifact. */
  async checkForward(target: Target, { sha256 }: Artifact): Promise<void> {
    const pinned = (await this.pins(target).read())?.pin.sha256 ?? "";
    if (!isOlder(await this.index(), sha256, pinned)) return;
    throw new CliError(
      EXIT.HELD,
      `${target.environment} is pinned to ${pinned.slice(0, 12)}, which was published after ${sha256.slice(0, 12)}`,
      "a later run was faster; nothing was changed",
      `to go back nevertheless: npx groundplan artifact rollback ${target.environment} --to ${sha256.slice(0, 12)}`,
    );
  }

  /** Takes back no other. @throws CliError when a target is pinned to something else than the artifact that is named. */
  async checkPinned(target: Target, name: string): Promise<void> {
    const { sha256 } = artifactNamed(await this.index(), name);
    const pinned = (await this.pins(target).read())?.pin.sha256;
    if (pinned === sha256) return;
    throw new CliError(
      EXIT.HELD,
      `${target.environment} is pinned to ${pinned?.slice(0, 12) ?? "nothing"}, and no longer to ${sha256.slice(0, 12)}`,
      "another run was faster; nothing was changed",
      `to go back nevertheless: npx groundplan artifact rollback ${target.environment}`,
    );
  }

  /** The artifact that is named, or the one that ran before. @throws CliError when none did. */
  async rolledBack(target: Target, name: string | undefined): Promise<Artifact> {
    if (name !== undefined) return this.artifact(name);
    const pins = this.pins(target);
    const read = await pins.read();
    if (!read) throw pins.nothing();
    const [last] = read.pin.before;
    if (last !== undefined) return artifactNamed(await this.index(), last);
    throw new CliError(
      EXIT.USAGE,
      `nothing of ${target.service} ran in ${target.environment} before ${read.pin.sha256.slice(0, 12)}`,
      "name an artifact with --to: npx groundplan artifact list",
    );
  }
}
