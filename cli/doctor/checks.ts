import { CliError } from "../console/errors";
import { findProject, readStacks, type Stack } from "../project/project";
import { checkBackends, checkCredentials } from "./account";
import { checkEmulator } from "./emulator";
import { checkEnvironments } from "./environments";
import { type Finding, failed, ok } from "./finding";
import { checkLock, checkMirror } from "./providers";
import { checkRegistries } from "./registries";
import { checkSupport } from "./support";
import { checkCdktf, checkNode, checkTerraform } from "./toolchain";

/** Every finding, in the order in which one thing needs the other. */
export async function runChecks(): Promise<readonly Finding[]> {
  const project = findProject();
  const { stacks, finding: synthesized } = synthesizedStacks(() => readStacks(project));
  const terraform = checkTerraform();
  const credentials = checkCredentials(stacks);
  // What does not wait for another check goes on beside it; the findings keep their order.
  const [tool, lock, identity, backends, registries, emulator] = await Promise.all([
    terraform,
    terraform.then(({ binary }) => checkLock(project, stacks, binary)),
    credentials,
    credentials.then(({ account }) => checkBackends(stacks, account)),
    credentials.then(({ account }) => checkRegistries(stacks, account)),
    checkEmulator(project),
  ]);
  return [
    checkNode(),
    tool.finding,
    checkCdktf(project),
    synthesized,
    identity.finding,
    ...(synthesized.level === "ok"
      ? [checkEnvironments(project, stacks), checkSupport(stacks), ...backends, ...registries]
      : []),
    checkMirror(),
    ...(synthesized.level === "ok" ? [lock] : []),
    emulator,
  ];
}

function synthesizedStacks(read: () => readonly Stack[]): {
  readonly stacks: readonly Stack[];
  readonly finding: Finding;
} {
  try {
    const stacks = read();
    return { stacks, finding: ok("Stacks", stacks.map(({ name }) => name).join(", ")) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { stacks: [], finding: failed("Stacks", error) };
  }
}
