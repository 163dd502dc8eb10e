import {
  DeleteParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import type { Configurations } from "../ports";

/** Configurations as encrypted parameters, one for each runner: its instance reads and deletes it. */
export function ssmConfigurations(client: SSMClient, path: string): Configurations {
  return {
    async put(runnerId, configuration) {
      await client.send(
        new PutParameterCommand({
          Name: `${path}/${runnerId}`,
          Value: configuration,
          Type: "SecureString",
          // Above 4 KB a parameter has to be an advanced one.
          Tier: "Intelligent-Tiering",
          // Made by a try whose answer was lost.
          Overwrite: true,
        }),
      );
    },
    async remove(runnerId) {
      try {
        await client.send(new DeleteParameterCommand({ Name: `${path}/${runnerId}` }));
      } catch (error) {
        if (!(error instanceof ParameterNotFound)) throw error;
      }
    },
  };
}
