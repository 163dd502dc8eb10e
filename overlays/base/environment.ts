import type { EnvironmentDefaults } from "../environment";
import { addonDefaults } from "../settings/addons";
import { apiDefaults } from "../settings/api";
import { clusterDefaults } from "../settings/cluster";
import { deliveryDefaults } from "../settings/delivery";
import { gitopsDefaults } from "../settings/gitops";
import { imagesDefaults } from "../settings/images";
import { networkDefaults } from "../settings/network";
import { previewDefaults } from "../settings/previews";
import { registryDefaults } from "../settings/registry";
import { runnersDefaults } from "../settings/runners";

/** What holds in every environment unless its overlay says otherwise. */
export const base: EnvironmentDefaults = {
  region: "us-east-1",
  tags: {},
  network: { ...networkDefaults, availabilityZones: ["us-east-1a", "us-east-1b", "us-east-1c"] },
  registry: registryDefaults,
  api: apiDefaults,
  // Of the network's, and for good: a zone that comes later is for groups that name it.
  cluster: { ...clusterDefaults, zones: ["us-east-1a", "us-east-1b", "us-east-1c"] },
  gitops: gitopsDefaults,
  addons: addonDefaults,
  delivery: deliveryDefaults,
  previews: previewDefaults,
  runners: runnersDefaults,
  images: imagesDefaults,
};
