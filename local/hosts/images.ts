import type { Host } from "./host";

/** What an image says of the containers that are made of it. @see https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
}

/** An image that was pulled. */
export interface PulledImage {
  readonly digest: string;

  /** Name of the snapshot of all its layers. */
  readonly chain: string;
  readonly config: ImageConfig;
}

/** Where an image is pulled from: the registry of the gateway. */
export interface ImageSource {
  /** Address of the registry inside the host, e.g. `127.0.0.1:4566`. */
  readonly registry: string;
  readonly repository: string;

  /** `sha256:…` of the manifest, or of the index of several platforms. */
  readonly digest: string;

  /** Password of the user `AWS`. */
  readonly token: string;
}

/** The images of a host. Each is pulled once, by its digest. */
export class HostImages {
  private readonly pulled = new Map<string, Promise<PulledImage>>();

  constructor(private readonly host: Host) {}

  /** Pulls an image, or finds it. @throws with the registry's answer. */
  pull(source: ImageSource): Promise<PulledImage> {
    const { digest } = source;
    const known = this.pulled.get(digest);
    if (known) return known;
    const pulling = this.pullNow(source);
    this.pulled.set(digest, pulling);
    pulling.catch(() => this.pulled.delete(digest));
    return pulling;
  }

  /** Forgets what was pulled; the host is made anew. */
  forget(): void {
    this.pulled.clear();
  }

  private async pullNow({ registry, repository, digest, token }: ImageSource): Promise<PulledImage> {
    const reference = `${registry}/${repository}@${digest}`;
    // The host is there, with the folder whose file system decides.
    await this.host.start();
    const { snapshotter } = this.host;
    const said = await this.host.ctr(
      ...["images", "pull", "--plain-http", "--user", `AWS:${token}`],
      ...["--snapshotter", snapshotter, "--print-chainid", reference],
    );
    const [, chain] = /image chain ID: (sha256:[0-9a-f]{64})/.exec(said) ?? [];
    if (chain === undefined) throw new Error(`containerd does not tell the layers of ${reference}`);
    const manifest = await this.manifest(digest);
    const { config } = JSON.parse(await this.host.ctr("content", "get", manifest.config.digest));
    return { digest, chain, config: config ?? {} };
  }

  /** The manifest of this machine's platform. */
  private async manifest(digest: string): Promise<{ readonly config: { readonly digest: string } }> {
    const found = JSON.parse(await this.host.ctr("content", "get", digest));
    if (!Array.isArray(found.manifests)) return found;
    const architecture = process.arch === "x64" ? "amd64" : process.arch;
    const own = found.manifests.find(
      (one: { platform?: { os: string; architecture: string } }) =>
        one.platform?.os === "linux" && one.platform.architecture === architecture,
    );
    if (!own) throw new Error(`the image ${digest} has no manifest for linux/${architecture}`);
    return this.manifest(own.digest);
  }
}
