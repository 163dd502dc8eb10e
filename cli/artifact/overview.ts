import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { joined, line, type Part, padded, paint, say, sayJson, sayProblem, widthOf } from "../console/output";
import { megabytes } from "../console/words";
import { DamagedError } from "../input/damaged";
import { type ArtifactIndex, lastPublications } from "./index-object";
import type { Running } from "./kind";
import { foreignPins, needsOf } from "./needs";
import type { ReadPin } from "./pins";
import { artifactsKept, KEEP } from "./retention";
import type { Session } from "./session";
import type { Target } from "./target";

/**
 * What an environment is pinned to; `elsewhere` is in another account, `hidden` what these credentials may not see, and
 * an error what is no pin.
 */
type PinOf = ReadPin | DamagedError | "nothing" | "elsewhere" | "hidden";

/** Prints what is published, the newest first. */
export async function listTable(session: Session, json: boolean): Promise<void> {
  const index = await session.index();
  const artifacts = lastPublications(index);
  const caller = await session.caller();
  const pins = await Promise.all(
    session.targets.map(
      async (target) => [target.environment, await pinOf(session, target, caller)] as const,
    ),
  );
  const reads = pins.map(([, read]) => read);
  sayDamaged(reads);
  const kept = await keptIn(session, index, reads);
  const rows = await Promise.all(
    [...artifacts].reverse().map(async (artifact) => ({
      ...artifact,
      isThere: await session.store.has(artifact),
      environments: pins
        .filter(([, read]) => isPin(read) && read.pin.versionId === artifact.versionId)
        .map(([environment]) => environment),
      keptBy: kept?.find(({ one }) => one.versionId === artifact.versionId)?.reasons ?? null,
    })),
  );
  if (json)
    return sayJson({
      format: "groundplan.artifact.list",
      version: 1,
      service: session.service.name,
      artifacts: rows,
    });
  if (rows.length === 0) return say(line`Nothing of ${session.service.name} is published.`);
  table(
    ["artifact", "commit", "published", "size", "kept by"],
    rows.map(({ sha256, commit, time, size, environments, keptBy, isThere }) => [
      sha256.slice(0, 12),
      shortCommit(commit),
      time.slice(0, 16).replace("T", " "),
      megabytes(size),
      isThere ? whatKeeps(environments, keptBy) : paint.bad("its object is gone"),
    ]),
  );
  const total = rows.reduce((sum, { size }) => sum + size, 0);
  const idle = rows.filter(({ keptBy }) => keptBy?.length === 0).length;
  const more = idle > 0 ? `; ${idle} left over: npx groundplan artifact prune` : "";
  say(line`${rows.length} artifact${rows.length === 1 ? "" : "s"}, ${megabytes(total)}${more}`);
}

/** What keeps an artifact; that it is new says least. */
function whatKeeps(environments: readonly string[], keptBy: readonly string[] | null): Part {
  if (keptBy === null) return environments.map((name) => `pinned in ${name}`).join(", ");
  if (keptBy.length === 0) return paint.warning("left over");
  const most = keptBy.filter((reason) => !/^(?:newest|version) /.test(reason));
  return (most.length > 0 ? most : keptBy.slice(-1)).join(", ");
}

/** Why each artifact is kept, by what `prune` takes for needed; undefined where an environment cannot be seen. */
async function keptIn(session: Session, index: ArtifactIndex, pins: readonly PinOf[]) {
  if (pins.some(isUnknown)) return undefined;
  try {
    const environments = await Promise.all(session.targets.map((target) => needsOf(session, target)));
    return artifactsKept(index, { environments, foreign: await foreignPins(session) }, { keep: KEEP });
  } catch (error) {
    // A pin of somebody else that cannot be read: what it keeps is not known.
    if (error instanceof DamagedError) return void sayDamaged([error]);
    if (error instanceof CliError && error.exitCode === EXIT.FAILED) return undefined;
    throw error;
  }
}

/** Names the pins that are none, and ends with their code: the others are shown nevertheless. */
function sayDamaged(reads: readonly PinOf[]): void {
  for (const error of reads) {
    if (!(error instanceof DamagedError)) continue;
    sayProblem(line`${paint.bad("Damaged")}: `, error.message);
    process.exitCode = error.exitCode;
  }
}

/** Prints what each environment is pinned to, and whether that is what its callers get. */
export async function currentTable(session: Session, json: boolean): Promise<void> {
  const caller = await session.caller();
  const rows = await Promise.all(
    session.targets.map(async (target) => {
      const read = await pinOf(session, target, caller);
      const running = isUnknown(read) ? undefined : await session.kind.running(target);
      return { environment: target.environment, read, running };
    }),
  );
  sayDamaged(rows.map(({ read }) => read));
  if (json) {
    return sayJson({
      format: "groundplan.artifact.current",
      version: 1,
      service: session.service.name,
      environments: rows.map(({ environment, read, running }) => ({
        environment,
        pin: isPin(read) ? read.pin : null,
        running: running ?? null,
        state: stateOf(read, running),
      })),
    });
  }
  table(
    ["environment", "artifact", "commit", "pinned", "callers"],
    rows.map(({ environment, read, running }) => {
      if (!isPin(read)) return [environment, "-", "-", "-", stateOf(read, running)];
      const { sha256, commit, time } = read.pin;
      const pinned = time.slice(0, 16).replace("T", " ");
      return [environment, sha256.slice(0, 12), shortCommit(commit), pinned, stateOf(read, running)];
    }),
  );
}

/** What callers get, in a few words. */
export function stateOf(read: PinOf, running: Running | undefined): string {
  if (read === "elsewhere") return "another account's";
  if (read === "hidden") return "not visible with these credentials";
  if (read === "nothing") return running ? "get what was never pinned" : "nothing pinned";
  if (read instanceof DamagedError) return "its pin is damaged";
  if (!running) return "stack not deployed";
  const { pin } = read;
  const [share] = Object.values(running.weights);
  if (share !== undefined) return `${Math.round(share * 100)} % get it: a gradual deploy is under way`;
  if (running.sourceCodeHash !== pin.sourceCodeHash) return "get another: its deploy was interrupted";
  return pin.weight > 0 ? "get it; the pin still says some" : "get it";
}

/** What a target is pinned to, as far as the account of the credentials tells. */
async function pinOf(session: Session, target: Target, caller: string): Promise<PinOf> {
  // A parameter of the same name in another account says nothing of this one.
  if (target.account !== undefined && target.account !== caller) return "elsewhere";
  try {
    return (await session.pins(target).read()) ?? "nothing";
  } catch (error) {
    if (error instanceof DamagedError) return error;
    // The other environments are shown nevertheless; a missing endpoint is told.
    if (error instanceof CliError && error.exitCode === EXIT.FAILED) return "hidden";
    throw error;
  }
}

function isPin(read: PinOf): read is ReadPin {
  return typeof read === "object" && "pin" in read;
}

function isUnknown(read: PinOf): boolean {
  return read === "elsewhere" || read === "hidden" || read instanceof DamagedError;
}

/** A commit for people; `+changes` stays. */
export function shortCommit(commit: string): string {
  return commit.replace(/^([0-9a-f]{12})[0-9a-f]+/, "$1");
}

/** Rows below a head, each column as wide as its widest cell. */
export function table(head: readonly string[], rows: readonly (readonly Part[])[]): void {
  const widths = head.map((cell, index) =>
    Math.max(widthOf(cell), ...rows.map((row) => widthOf(row[index] ?? ""))),
  );
  const lineOf = (cells: readonly Part[]) =>
    joined(
      cells.map((cell, index) => (index === cells.length - 1 ? cell : padded(cell, widths[index] ?? 0))),
      "  ",
    );
  say(paint.strong(lineOf(head)));
  for (const row of rows) say(lineOf(row));
}
