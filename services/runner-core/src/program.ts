import type { GitHubSession } from "./github/session";
import type { Context } from "./ports";

/** The processors that there are archives for. */
export const ARCHITECTURES = ["x64", "arm64"] as const;

export type Architecture = (typeof ARCHITECTURES)[number];

/** The program of the runner in the bucket: what instances read first. */
export interface CachedProgram {
  readonly version: string;

  /** SHA-256 of the archives, 64 hexadecimal digits. */
  readonly sha256: Readonly<Record<Architecture, string>>;
}

/** The bucket of the program. */
export interface ProgramStore {
  current(): Promise<CachedProgram | undefined>;

  /**
   * Brings an archive from its address, to a place that its checksum names: no other is overwritten, so that an instance
   * which has read what was published before still finds it. @throws Error when it is another; nothing is stored then.
   */
  bring(url: string, sha256: string): Promise<void>;
  publish(program: CachedProgram): Promise<void>;

  /** Deletes all archives but those with these checksums. */
  prune(kept: readonly string[]): Promise<void>;
}

interface Release {
  readonly tag_name: string;
  readonly assets: readonly {
    readonly name: string;
    readonly browser_download_url: string;
    readonly digest?: string | null;
  }[];
}

/**
 * Brings the newest program of the runner into the bucket. GitHub gives no jobs to a runner that is 30 days behind, so this
 * is done once a day. What is in the bucket is newer than before or stays: instances check the archive by the checksum that
 * is published after it.
 *
 * @throws Error for a release that is not one, or has no checksums: the bucket stays as it is, and an alarm goes on.
 */
export async function renewProgram(
  { asInstallation: ask }: Pick<GitHubSession, "asInstallation">,
  store: ProgramStore,
  apiUrl: string,
  log: Context["log"],
): Promise<void> {
  const { data } = await ask<Release>("GET /repos/{owner}/{repo}/releases/latest", {
    owner: "actions",
    repo: "runner",
  });
  const version = /^v(\d+\.\d+\.\d+)$/.exec(data.tag_name)?.[1];
  if (version === undefined) throw new Error(`the release ${JSON.stringify(data.tag_name)} is not a version`);
  const current = await store.current();
  if (current && !isNewer(version, current.version)) return;
  const found = ARCHITECTURES.map((architecture) => ({
    architecture,
    ...assetOf(data, `actions-runner-linux-${architecture}-${version}.tar.gz`, apiUrl),
  }));
  for (const { url, sha256 } of found) await store.bring(url, sha256);
  const [x64 = "", arm64 = ""] = found.map(({ sha256 }) => sha256);
  await store.publish({ version, sha256: { x64, arm64 } });
  // The ones before are for instances that boot right now.
  await store.prune([x64, arm64, ...Object.values(current?.sha256 ?? {})]);
  log({ message: `the program is ${version}, and was ${current?.version ?? "not there"}` });
}

function assetOf({ assets }: Release, name: string, apiUrl: string) {
  const asset = assets.find((one) => one.name === name);
  if (!asset) throw new Error(`the release has no ${name}`);
  const sha256 = /^sha256:([0-9a-f]{64})$/.exec(asset.digest ?? "")?.[1];
  if (sha256 === undefined) throw new Error(`GitHub names no checksum of ${name}`);
  const url = new URL(asset.browser_download_url);
  // A stand-in answers where the API does.
  if (url.protocol !== "https:" && url.origin !== new URL(apiUrl).origin)
    throw new Error(`${name} would be downloaded without TLS`);
  return { url: url.href, sha256 };
}

/** Whether a version comes after another, number by number. */
export function isNewer(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => text.split(".").map(Number));
  for (const [index, number] of (one ?? []).entries()) {
    const difference = number - (other?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
