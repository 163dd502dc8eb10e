import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { Stack } from "../../project/project";
import { LOCK_FILE, readLock } from "../lock/lock";
import { lockCovers, type RunningProvider, type TerraformSetting, type Variables } from "../stack";
import { LACKS_SCHEMA, ProviderGate, readSchema } from "./gate";
import { typesIn } from "./schema";
import { SharedProvider } from "./shared";
import { SHARED_PROVIDER, sharingKeys, sharingObstacle } from "./sharing";

/** Properties of {@link ProviderPool}. */
export interface ProviderPoolProps {
  readonly setting: TerraformSetting;

  /** Stacks that are to be planned. */
  readonly stacks: readonly Stack[];

  /** Stacks at the same time, and so processes at most. */
  readonly concurrency: number;
}

/** A provider that one stack has for itself for a while. */
export interface LentProvider extends RunningProvider {
  /** Says that a Terraform failed with it; whether the provider may be the reason. */
  failed(output: string): Promise<boolean>;

  giveBack(): void;
}

/**
 * Runs Terraform by a provider that is lent, and gives that back. A provider that is lent never is the reason why a
 * stack fails: what may be its fault is tried again without.
 *
 * @param failure - what Terraform said when it failed; undefined when it did not.
 */
export async function withLentProvider<T>(
  lent: LentProvider | undefined,
  run: (lent?: LentProvider) => Promise<T>,
  failure: (result: T) => string | undefined,
): Promise<T> {
  if (!lent) return run();
  try {
    const result = await run(lent);
    const output = failure(result);
    if (output === undefined || !(await lent.failed(output))) return result;
  } finally {
    lent.giveBack();
  }
  return run();
}

interface Member {
  readonly key: string;
  readonly process: SharedProvider;
  busy: boolean;
}

/**
 * Processes of the AWS provider that plan stack after stack, as long as those configure it alike: starting and
 * verifying 700 MB for each command of each stack, and reading its schema of 5 MB, is most of what a plan costs.
 *
 * A process serves one Terraform at a time. Its program is what an initialization has verified against the
 * committed lock. Where anything of this is not given, no provider is lent, and Terraform starts its own.
 */
export class ProviderPool {
  private readonly keys: ReadonlyMap<string, string>;
  private readonly members = new Set<Member>();
  private package: Package | undefined;
  private retired = false;
  private starting = 0;
  private lent = 0;

  /** The provider's schema: the same for all of its processes. */
  private schema: Promise<Buffer> | undefined;

  constructor(private readonly props: ProviderPoolProps) {
    const obstacle = sharingObstacle(props.setting.terraform.product);
    const stacks = props.stacks.filter((stack) => lockCovers(props.setting.project, stack));
    this.keys = obstacle === undefined ? sharingKeys(stacks, props.setting.env) : new Map();
  }

  /** Takes over the package that Terraform has just verified by initializing a stack's folder. */
  note(stack: Stack): void {
    const { project } = this.props.setting;
    if (this.keys.size === 0 || this.package || !lockCovers(project, stack)) return;
    const locked = readLock(join(project.root, LOCK_FILE)).find(({ address }) => address === SHARED_PROVIDER);
    if (locked) this.package = packageOf(stack.folder, locked.version);
  }

  /** A provider for a stack; `undefined` when it needs its own. */
  async lend(stack: Stack): Promise<LentProvider | undefined> {
    const key = this.keys.get(stack.name);
    const found = this.package;
    if (key === undefined || this.retired || !found) return undefined;
    try {
      const member = await this.memberOf(key, found.binary, this.props.setting.env(stack));
      const { process } = member;
      this.schema ??= readSchema(process.socket);
      const socket = join(process.folder, String(this.lent++));
      const gate = await ProviderGate.open(socket, process.socket, await this.schema, typesIn(stack.json));
      return {
        environment: { TF_REATTACH_PROVIDERS: process.reattach(socket) },
        linked: found.target !== undefined,
        install: () => link(stack, found),
        failed: async (output) => {
          if (LACKS_SCHEMA.test(output)) return true;
          const trouble = TROUBLE.test(output) || (await process.hasEnded());
          this.retired ||= trouble;
          return trouble;
        },
        giveBack: () => {
          gate.close();
          member.busy = false;
        },
      };
    } catch {
      this.retired = true;
      return undefined;
    }
  }

  /** Ends every process. */
  async close(): Promise<void> {
    this.retired = true;
    await Promise.all([...this.members].map(({ process }) => process.stop()));
    this.members.clear();
  }

  private async memberOf(key: string, binary: string, env: Variables): Promise<Member> {
    const idle = [...this.members].filter(({ busy }) => !busy);
    const own = idle.find((member) => member.key === key && member.process.runs);
    if (own) {
      own.busy = true;
      return own;
    }
    const [other] = this.members.size + this.starting >= this.props.concurrency ? idle : [];
    if (other) {
      this.members.delete(other);
      await other.process.stop();
    }
    this.starting += 1;
    try {
      const process = await SharedProvider.start(binary, env);
      const member = { key, process, busy: true };
      this.members.add(member);
      return member;
    } finally {
      this.starting -= 1;
    }
  }
}

interface Package {
  /** Where it lies in a stack's folder. */
  readonly path: string;

  /** The provider's program. */
  readonly binary: string;

  /** What the path is a link to. */
  readonly target?: string;
}

/** What Terraform says when it cannot use a provider, or the provider its configuration. */
const TROUBLE =
  /with provider\["|Failed to load plugin schemas|Plugin did not respond|Plugin error|Failed to instantiate provider/i;

/** The package of a version in an initialized folder. */
function packageOf(stackFolder: string, version: string): Package | undefined {
  const folder = join(".terraform", "providers", SHARED_PROVIDER, version);
  const [platform, another] = namesIn(join(stackFolder, folder));
  if (platform === undefined || another !== undefined) return undefined;
  const path = join(folder, platform);
  const full = join(stackFolder, path);
  const program = namesIn(full).find((name) => name.startsWith("terraform-provider-aws"));
  if (program === undefined) return undefined;
  const target = lstatSync(full).isSymbolicLink() ? readlinkSync(full) : "";
  return { path, binary: join(full, program), ...(isAbsolute(target) ? { target } : {}) };
}

function link(stack: Stack, { path, target }: Package): void {
  const place = join(stack.folder, path);
  if (target === undefined) return;
  rmSync(dirname(dirname(place)), { recursive: true, force: true });
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(target, place);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
