import { publish } from "@groundplan/modules/core";
import { IMAGES, Images, imageParameterPath } from "@groundplan/modules/image";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/** What an environment needs to build machine images in its Region. The role of the workflows is in the stack `identity`. */
export class ImagesStack extends EnvironmentStack {
  /** @throws SynthError when a name or a number of the overlay is not valid. */
  constructor(scope: Construct, props: EnvironmentStackProps) {
    super(scope, "images", props);
    const { images: settings, account, region } = props.environment;
    const images = new Images(this, "images", {
      ...settings,
      prefix: this.namePrefix,
      place: this.place,
      account,
      region,
    });
    publish(this, this.place, IMAGES, {
      parameterPath: imageParameterPath(this.place),
      kmsKeyArn: images.kmsKeyArn,
      instanceProfile: images.instanceProfile,
      alarmName: images.alarmName,
    });
    new TerraformOutput(this, "public_quota", {
      description: "How many public AMIs the Region takes",
      value: images.publicQuota,
      staticId: true,
    });
  }
}
