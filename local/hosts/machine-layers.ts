import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { privateFolder } from "../files/private";
import type { Host } from "./host";

/**
 * What machines and images have written, each in a folder of the state folder: `instances/<id>`, and `layers/<name>`.
 *
 * An image is what its instance has written, and the layers that this one was based on; where the file system carries no
 * overlay it is the whole.
 */
export class MachineLayers {
  constructor(private readonly host: Host) {}

  /** Folder of what an instance writes. */
  folderOf(id: string): string {
    return join(this.place("instances"), id);
  }

  /** Folder of a layer. */
  layer(name: string): string {
    return join(this.place("layers"), name, this.isOverlay ? "upper" : "whole");
  }

  /**
   * Keeps what an instance has written until now as a layer.
   *
   * @returns whether the layer is the whole file system, and stands on no other.
   */
  async capture(id: string, name: string): Promise<{ readonly isWhole: boolean }> {
    const part = this.isOverlay ? "upper" : "whole";
    const to = join(this.place("layers"), name);
    await this.host.succeed("/bin/sh", ["-ec", COPY, "sh", join(this.folderOf(id), part), to, part]);
    return { isWhole: !this.isOverlay };
  }

  /** Removes what instances and layers have written that are not among these. */
  async keepOnly(instances: ReadonlySet<string>, layers: ReadonlySet<string>): Promise<void> {
    const gone = [
      ...this.names("instances")
        .filter((name) => !instances.has(name))
        .map((name) => this.folderOf(name)),
      ...this.names("layers")
        .filter((name) => !layers.has(name))
        .map((name) => join(this.place("layers"), name)),
    ];
    if (gone.length > 0) await this.host.succeed("rm", ["-rf", ...gone]);
  }

  /** Bytes on the disk of a layer. */
  async sizeOf(name: string): Promise<number> {
    const said = await this.host.succeed("du", ["-s", "--block-size=1", this.layer(name)]);
    return Number.parseInt(said, 10);
  }

  private get isOverlay(): boolean {
    return this.host.snapshotter === "overlayfs";
  }

  private names(kind: "instances" | "layers"): readonly string[] {
    const folder = join(this.host.folder, "machines", kind);
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  private place(kind: "instances" | "layers"): string {
    privateFolder(this.host.folder);
    const folder = join(this.host.folder, "machines", kind);
    privateFolder(folder);
    return folder;
  }
}

/** Copies whole or not at all; holes, owners, attributes and what an overlay marks as removed stay. */
const COPY = `
from=$1 to=$2 part=$3
rm -rf "$to" "$to.part"
mkdir -p "$to.part"
sync -f "$from"
cp -a --reflink=auto "$from" "$to.part/$part"
mv "$to.part" "$to"
`;
