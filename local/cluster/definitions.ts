import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import type { KubernetesApi } from "./api";
import type { AssetName } from "./programs";
import { toolPath } from "./tools";

/** Applies the custom resource definitions that come with a program. */
export async function applyDefinitions(api: KubernetesApi, asset: AssetName): Promise<void> {
  for (const document of parseAllDocuments(readFileSync(toolPath(asset), "utf8"))) {
    const name = document.getIn(["metadata", "name"]);
    await api.apply(
      `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`,
      JSON.stringify(document.toJS()),
    );
  }
}
