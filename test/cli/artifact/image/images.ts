import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Layout, readLayout } from "../../../../cli/artifact/image/layout";
import { digestOf, MEDIA } from "../../../../cli/artifact/image/manifest";
import { temporaryFolder } from "../../../temporary-folder";

/** An image of some layers, as a layout. */
export function makeLayout(...layers: readonly string[]): Layout {
  const folder = temporaryFolder("layout");
  mkdirSync(join(folder, "blobs", "sha256"), { recursive: true });
  const keep = (mediaType: string, content: string) => {
    const digest = digestOf(content);
    writeFileSync(join(folder, "blobs", "sha256", digest.slice(7)), content);
    return { mediaType, digest, size: content.length };
  };
  const manifest = keep(
    MEDIA.manifest,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA.manifest,
      config: keep(MEDIA.config, "{}"),
      layers: layers.map((layer) => keep("application/vnd.oci.image.layer.v1.tar", layer)),
    }),
  );
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  return readLayout(folder);
}
