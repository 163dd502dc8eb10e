import type { BridgeSecret, ClusterConnection, Manifest } from "@groundplan/modules/gitops";
import { App, TerraformStack, Testing } from "cdktf";
import type { Environment } from "../../overlays/environment";
import type { Platform } from "../../overlays/settings/platform";
import { addStacks } from "../../stacks";

type Resource = Readonly<Record<string, unknown>>;

/** What the addons stack of one environment synthesizes to. */
export class AddonsOutput {
  private readonly resources: Readonly<Record<string, Readonly<Record<string, Resource>>>>;

  constructor(platform: Platform, environments: readonly Environment[], environment: string) {
    const app = new App({ outdir: Testing.app().outdir });
    addStacks(app, platform, environments);
    const stack = app.node.findChild(`${environment}-addons`);
    if (!TerraformStack.isStack(stack)) throw new Error(`${environment}-addons is no stack`);
    this.resources = JSON.parse(Testing.synth(stack)).resource;
  }

  /** All resources of a type. */
  all(type: string): readonly Resource[] {
    return Object.values(this.resources[type] ?? {});
  }

  /** Addresses of all resources. */
  addresses(): readonly string[] {
    return Object.entries(this.resources).flatMap(([type, made]) =>
      Object.keys(made).map((id) => `${type}.${id}`),
    );
  }

  /** A Helm release by its name. */
  release(name: string): Resource & { readonly values: readonly string[] } {
    const found = this.all("helm_release").find((release) => release.name === name);
    if (!found) throw new Error(`there is no release ${name}`);
    return found as Resource & { readonly values: readonly string[] };
  }

  /** Values of the release that brings the project and the application. */
  deliveriesValues(): { readonly manifests: readonly Manifest[] } {
    return JSON.parse(this.release("argocd-deliveries").values[0] ?? "{}");
  }

  /** The bridge Secret as a manifest; ids that Terraform learns at apply are made up. */
  bridge(connection?: ClusterConnection): BridgeSecret {
    const [secret] = this.all("kubernetes_secret_v1") as readonly {
      metadata: BridgeSecret["metadata"];
      type: "Opaque";
      data: BridgeSecret["stringData"];
    }[];
    if (!secret) throw new Error("there is no Secret");
    const { metadata, type, data } = secret;
    const annotations = Object.entries(metadata.annotations).map(([key, value]) => [
      key,
      value.startsWith("${") ? `made-up-${key}` : value,
    ]);
    return {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { ...metadata, annotations: Object.fromEntries(annotations) },
      type,
      stringData: connection
        ? { ...data, server: connection.server, config: JSON.stringify(connection.config) }
        : data,
    };
  }
}
