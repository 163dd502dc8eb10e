import { defineContract } from "../core";

/** What the images stack tells the other stacks of its environment, and `groundplan image`. */
export const IMAGES = defineContract("images", {
  /** What begins the names of the parameters that hold AMI ids: `<path>/<image>/{dev,latest,<version>}`, of type `aws:ec2:image`. */
  parameterPath: "string",

  /** Key of KMS that encrypts private images. */
  kmsKeyArn: "string",

  /** Instance profile of the builder's machine, for Session Manager. */
  instanceProfile: "string",
  alarmName: "string",
});
