import { existsSync, realpathSync } from "node:fs";
import { delimiter, isAbsolute, join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CliError, Interrupted } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { Repository } from "../git/repository";
import { isBelow } from "../input/file";
import { stopGroup } from "../process/interrupts";
import { run } from "../process/run";
import type { Progress } from "../progress/tasks";
import { synthesizeApp } from "../project/app";
import { readConfig } from "../project/config";
import { nameOf } from "../project/environment";
import { findProject, type Project, type Stack } from "../project/project";
import { generateBindings } from "./bindings";
import { compare, normalized } from "./compare";
import { missingCommit, unrelated } from "./missing";
import { type Checkouts, installPackages } from "./packages";
import { isPython, preparedEnvironment, pythonPackages } from "./python";
import { AFFECTED_VERSION, type AffectedResult, type AffectedStack, type Everything } from "./result";
import type { Side } from "./side";
import { looksUnstable, type Unstable, unstableOf } from "./unstable";

/** Properties of {@link affectedStacks}. */
export interface AffectedProps {
  readonly project: Project;

  /** Commit, branch or tag that the change is to be merged into, e.g. `origin/main`. */
  readonly base: string;

  /** Command that makes the base ready for its synth, run in its folder after the install. */
  readonly prepare?: string;
  readonly progress: Progress;
}

/** What a change affects, and the head's stacks, freshly synthesized. */
export interface Affected {
  readonly result: AffectedResult;

  /** Undefined when the head does not synthesize. */
  readonly head: readonly Stack[] | undefined;
}

/**
 * The stacks that a change affects: the files as they are here, against the commit from which the branch has
 * parted from its base. Both are synthesized, and what they synthesize to is compared.
 *
 * Nothing is guessed: when one side cannot be synthesized, every stack of the other is affected.
 *
 * @throws CliError outside of a git repository, or for a base that is not there.
 */
export async function affectedStacks(props: AffectedProps): Promise<Affected> {
  const { base } = props;
  const project = real(props.project);
  const repository = await Repository.ofProject(project.root, "there is no base");
  const [target, here] = await Promise.all([repository.commit(base), repository.commit("HEAD")]);
  if (target === undefined || here === undefined) {
    throw await missingCommit(repository, target === undefined ? base : "HEAD");
  }
  const mergeBase = await repository.mergeBase(target, here);
  if (mergeBase === undefined) {
    const reason = await unrelated(repository, base);
    const head = await attempt("head", () => synthesizeApp(project));
    const found = everything(base, { side: "history", reason }, head.stacks ?? []);
    return { result: found, head: head.stacks };
  }
  return repository.checkedOut(mergeBase, project.root, async (folder) => {
    const checkouts = { head: repository.root, base: folder, prefix: repository.prefix };
    const [before, after] = await bothEnded(
      attempt("base", () => synthesizeBase(checkouts, { ...props, project }), folder),
      attempt("head", () => synthesizeApp(project)),
    );
    const failure = after.failure ?? before.failure;
    if (failure) {
      const result = everything(base, failure, after.stacks ?? before.stacks ?? [], mergeBase);
      return { result, head: after.stacks };
    }
    const sides: readonly [Side, Side] = [
      { project: inBase(project, checkouts), root: folder, stacks: before.stacks ?? [] },
      { project, root: repository.root, stacks: after.stacks ?? [] },
    ];
    const { stacks, unstable } = await unstableParts(sides, props.progress, () =>
      repository.differsFrom(mergeBase),
    );
    const [one, other] = sides;
    const result = { ...header(base, mergeBase), ...compare(one, { ...other, stacks }, unstable) };
    return { result, head: stacks };
  });
}

/**
 * What of the head is another one at each synth: it is synthesized once more, where what differs looks so, or where
 * something differs though no file does.
 */
async function unstableParts(
  [base, head]: readonly [Side, Side],
  progress: Progress,
  differs: () => Promise<boolean>,
): Promise<{ readonly stacks: readonly Stack[]; readonly unstable?: Unstable }> {
  const before = normalized(base);
  const after = normalized(head);
  const pairs = [...after].flatMap(([name, stack]) => {
    const other = before.get(name);
    return other && !isDeepStrictEqual(other.elements, stack.elements) ? [[other, stack] as const] : [];
  });
  if (pairs.length === 0) return { stacks: head.stacks };
  if (!pairs.some(([one, other]) => looksUnstable(one, other)) && (await differs())) {
    return { stacks: head.stacks };
  }
  progress("what differs may be another one at each synth: synthesizing the head once more");
  const again = await attempt("head", () => synthesizeApp(head.project));
  // One that synthesizes now and then: what it gave the first time is compared.
  if (!again.stacks) return { stacks: head.stacks };
  const { stacks } = again;
  return { stacks, unstable: unstableOf(after, normalized({ ...head, stacks })) };
}

async function synthesizeBase(
  checkouts: Checkouts,
  { project, prepare, progress }: AffectedProps,
): Promise<readonly Stack[]> {
  const folder = join(checkouts.base, checkouts.prefix);
  // A base without the app has no stacks: the change adds the app.
  if (!existsSync(join(folder, "cdktf.json"))) return [];
  const packages = await installPackages(checkouts);
  if (packages === "installed") progress("the base's packages are not the head's: installed");
  const base = baseProject(folder);
  const variables = { ...ownPaths(checkouts) };
  const isOfPython = isPython({ ...base, language: readConfig(folder).language });
  // Who prepares the base says what it is made of.
  if (isOfPython && prepare === undefined) {
    const python = await pythonPackages(checkouts, base.app);
    if (python.kind === "installed") progress("the base's Python packages are not the head's: installed");
    Object.assign(variables, python.variables);
  }
  await generateBindings(base, project);
  if (prepare !== undefined) {
    const ended = await run("/bin/sh", ["-c", prepare], { cwd: folder, env: variables, stop: stopGroup });
    if (ended.exitCode !== 0) {
      throw new CliError(
        EXIT.FAILED,
        `preparing the base failed: ${prepare}`,
        ...ended.all.split("\n").slice(-5),
      );
    }
  }
  if (isOfPython && prepare !== undefined) Object.assign(variables, preparedEnvironment(checkouts));
  try {
    return await synthesizeApp(base, { keeper: project.root, variables });
  } catch (error) {
    // Node's own words would be of a module that is not there, in a folder that is gone by now.
    const bare = packages === "none" && prepare === undefined && existsSync(join(folder, "package.json"));
    if (!bare || !(error instanceof CliError) || error instanceof Interrupted) throw error;
    throw new CliError(
      EXIT.FAILED,
      "the base has no lockfile, so its packages are not installed, and it does not synthesize without them",
      "commit a lockfile, or say how they are installed, e.g. --prepare 'npm install'",
    );
  }
}

/** Variables by which programs find code, which lead to files of the head: to those of the base for the base. */
function ownPaths({ head, base }: Checkouts): Record<string, string | undefined> {
  const names = ["PYTHONPATH", "NODE_PATH", "GOWORK", "CLASSPATH", "RUBYLIB", "PERL5LIB"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      const paths = value?.split(delimiter).map((path) => {
        const below = relative(head, path);
        return below.startsWith("..") || isAbsolute(below) ? path : join(base, below);
      });
      return paths ? [[name, paths.join(delimiter)]] : [];
    }),
  );
}

/** The project as it lies in the base's checkout. */
function inBase(project: Project, { base, prefix }: Checkouts): Project {
  const root = join(base, prefix);
  return existsSync(join(root, "cdktf.json"))
    ? baseProject(root)
    : { ...project, root, output: join(root, "cdktf.out") };
}

/** The base's project. Where its `output` leads out of the checkout, the head's stacks are: its own stay inside. */
function baseProject(root: string): Project {
  const project = findProject(root);
  return isBelow(project.root, project.output) ? project : { ...project, output: join(root, "cdktf.out") };
}

/** The project by its real path, as git gives the checkout's. */
function real(project: Project): Project {
  const root = realpathSync(project.root);
  if (!isBelow(project.root, project.output)) return { ...project, root };
  return { ...project, root, output: join(root, relative(project.root, project.output)) };
}

type Attempt =
  | { readonly stacks: readonly Stack[]; readonly failure?: undefined }
  | { readonly stacks?: undefined; readonly failure: Everything };

/** Waits for both, also when one fails: the checkout is removed only when nothing writes into it any more. */
async function bothEnded<T>(one: Promise<T>, other: Promise<T>): Promise<readonly [T, T]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

/** @param folder - the base's checkout, whose name says nothing to a reader and is another one each time. */
async function attempt(
  side: "base" | "head",
  work: () => Promise<readonly Stack[]>,
  folder?: string,
): Promise<Attempt> {
  try {
    return { stacks: await work() };
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof CliError)) throw error;
    const reason = folder === undefined ? error.message : error.message.replaceAll(folder, "<base>");
    return { failure: { side, reason } };
  }
}

function header(base: string, mergeBase?: string) {
  return {
    format: "groundplan.affected" as const,
    version: AFFECTED_VERSION as typeof AFFECTED_VERSION,
    base,
    ...(mergeBase === undefined ? {} : { mergeBase }),
  };
}

/** Every stack that is known, for a reason that is said. */
function everything(
  base: string,
  reason: Everything,
  stacks: readonly Stack[],
  mergeBase?: string,
): AffectedResult {
  const why = {
    base: "the base does not synthesize",
    head: "the head does not synthesize",
    history: "there is no common commit",
  }[reason.side];
  return {
    ...header(base, mergeBase),
    everything: reason,
    stacks: stacks.map(
      (stack): AffectedStack => ({
        name: stack.name,
        ...nameOf(stack),
        change: "changed",
        reasons: [`not compared: ${why}`],
        elements: [],
        upstream: [],
      }),
    ),
    unaffected: [],
  };
}
