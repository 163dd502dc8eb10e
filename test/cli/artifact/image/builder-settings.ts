import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Variables by which Buildah has its storage and its settings in a folder of a test. */
export function builderSettings(folder: string): Readonly<Record<string, string>> {
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return {
    CONTAINERS_STORAGE_CONF: file(
      "storage.conf",
      `[storage]\ndriver = "overlay"\ngraphroot = "${folder}/graph"\nrunroot = "${folder}/run"\n`,
    ),
    CONTAINERS_CONF: file(
      "containers.conf",
      '[containers]\nnetns = "host"\ndefault_ulimits = []\n[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n',
    ),
    CONTAINERS_REGISTRIES_CONF: file("registries.conf", "unqualified-search-registries = []\n"),
    BUILDAH_ISOLATION: "chroot",
  };
}
