import type { IssuedCredentials, IssuedKey } from "../../credentials/issued";
import type { WholeResponse } from "../../gateway/exchange";
import type { Correction } from "../../gateway/service";

/**
 * Takes note of the keys that STS gives out, and lets it know the users of IAM, which is another emulator's.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function callerIdentity(credentials: IssuedCredentials): Correction {
  return {
    applies: () => true,
    async correct(request, forward) {
      const response = await forward(request);
      if (response.status !== 200) return response;
      credentials.note(String(response.body));
      const user = request.scope && credentials.find(request.scope.accessKey)?.user;
      return user === undefined ? response : asUser(response, user);
    },
  };
}

/** The answer of GetCallerIdentity for a user, where STS takes the account itself for the caller. */
function asUser(response: WholeResponse, { arn, id }: NonNullable<IssuedKey["user"]>): WholeResponse {
  const { "content-length": _, ...headers } = response.headers;
  const body = String(response.body)
    .replace(/arn:aws[a-z-]*:iam::\d{12}:root/, arn)
    .replace(/(<UserId>|"UserId":\s*")[^<"]*/, `$1${id}`);
  return { ...response, headers, body };
}
