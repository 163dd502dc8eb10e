import { elementOf, type IssuedCredentials } from "../../credentials/issued";
import type { Correction } from "../../gateway/service";

/**
 * Takes note of the access keys of users, and whose they are: STS, which is another emulator's, then knows them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
 */
export function accessKeys(credentials: IssuedCredentials): Correction {
  return {
    applies: () => true,
    async correct(request, forward) {
      const response = await forward(request);
      if (response.status !== 200) return response;
      if (request.operation === "CreateAccessKey") {
        const user = elementOf(String(response.body), "UserName");
        // The ARN has the user's path, which only IAM knows.
        const body = Buffer.from(
          new URLSearchParams({ Action: "GetUser", Version: "2010-05-08", UserName: user }).toString(),
        );
        const found = await forward({ ...request, body, operation: "GetUser" });
        const [arn, id] = ["Arn", "UserId"].map((name) => elementOf(String(found.body), name));
        credentials.note(String(response.body), { arn: arn ?? "", id: id ?? "" });
      }
      if (request.operation === "DeleteAccessKey") {
        credentials.forget(new URLSearchParams(request.body.toString()).get("AccessKeyId") ?? "");
      }
      return response;
    },
  };
}
