import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  InvalidResourceId,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import type { Configurations } from "../ports";

/** Tag of a parameter: ARN of the instance that may read it. The policy of the instances' role compares it with theirs. */
export const READER = "groundplan:instance";

/**
 * Configurations as encrypted parameters, one for each runner, or instance that stays: its instance reads and deletes it.
 *
 * @param instanceArns - what the ARNs of instances begin with, e.g. `arn:aws:ec2:us-east-1:123456789012:instance/`.
 */
export function ssmConfigurations(client: SSMClient, path: string, instanceArns: string): Configurations {
  return {
    async put(key, configuration) {
      await client.send(
        new PutParameterCommand({
          Name: `${path}/${key}`,
          Value: configuration,
          Type: "SecureString",
          // Above 4 KB a parameter has to be an advanced one.
          Tier: "Intelligent-Tiering",
          // Made by a try whose answer was lost.
          Overwrite: true,
        }),
      );
    },
    async assign(key, instanceId) {
      try {
        await client.send(
          new AddTagsToResourceCommand({
            ResourceType: "Parameter",
            ResourceId: `${path}/${key}`,
            Tags: [{ Key: READER, Value: `${instanceArns}${instanceId}` }],
          }),
        );
      } catch (error) {
        if (!(error instanceof InvalidResourceId)) throw error;
      }
    },
    async remove(key) {
      try {
        await client.send(new DeleteParameterCommand({ Name: `${path}/${key}` }));
      } catch (error) {
        if (!(error instanceof ParameterNotFound)) throw error;
      }
    },
  };
}
