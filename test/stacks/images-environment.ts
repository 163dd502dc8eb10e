import { App, Testing } from "cdktf";
import { IdentityStack } from "../../stacks/identity";
import { ImagesStack } from "../../stacks/images";
import { environments, platform } from "../platform";
import { defaults } from "../platform/defaults";

/** The stacks of an environment that builds machine images as JSON: `images`, and `identity` with the role of the builds. */
export function imagesConfigurations(): ReadonlyMap<string, string> {
  const [dev] = environments;
  if (!dev) throw new Error("there is no environment");
  const environment = {
    ...dev,
    images: { ...defaults.images, enabled: true, publicAccess: "open" },
  } as const;
  const app = new App({ outdir: Testing.app().outdir });
  const { account } = environment;
  const images = new ImagesStack(app, { platform, environment });
  const identity = new IdentityStack(app, "identity", { platform, account, environments: [environment] });
  return new Map([
    ["images", Testing.synth(images)],
    ["identity-of-images", Testing.synth(identity)],
  ]);
}
