import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";

/** What a registry answered. */
export interface RegistryAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export async function answerOf(response: Response): Promise<RegistryAnswer> {
  const { status, headers } = response;
  return { status, headers, body: new Uint8Array(await response.arrayBuffer()) };
}

/** What a registry says of an error. */
interface Fault {
  readonly code: string;
  readonly message: string;
}

function faultOf({ body }: RegistryAnswer): Fault {
  try {
    const { errors } = JSON.parse(Buffer.from(body).toString()) as { errors?: readonly Partial<Fault>[] };
    const [first] = errors ?? [];
    return { code: String(first?.code ?? ""), message: String(first?.message ?? "").slice(0, 300) };
  } catch {
    return { code: "", message: "" };
  }
}

/** An answer that is a refusal as an error that says what to do. */
export function refusalOf(
  request: string,
  answer: RegistryAnswer | undefined,
  where: string,
  repository: string,
): CliError {
  if (answer === undefined) {
    return new CliError(
      EXIT.MISSING,
      "the registry does not answer",
      where,
      "run the same command again: what was sent stays, and it goes on with the rest",
    );
  }
  const { code, message } = faultOf(answer);
  const said = `${answer.status}${code === "" ? "" : ` ${code}`}${message === "" ? "" : `: ${message}`}`;
  if (answer.status === 401 || answer.status === 403) {
    return new CliError(
      EXIT.MISSING,
      `the registry does not let these credentials in: ${said}`,
      where,
      "sign in to the repository's account, e.g. with AWS_PROFILE; to push it takes ecr:PutImage and ecr:UploadLayerPart",
    );
  }
  if (code === "NAME_UNKNOWN") {
    const [, environment = "<environment>"] = repository.split("/");
    return new CliError(
      EXIT.MISSING,
      `there is no repository ${repository}`,
      where,
      `make it: npx cdktf deploy ${environment}-registry`,
    );
  }
  if (code === "TAG_INVALID" || /immutable|already exists/i.test(message)) {
    return new CliError(
      EXIT.FAILED,
      `the repository refuses to move a tag: ${message}`,
      where,
      "a tag names one image for ever; give the new image another tag",
    );
  }
  return new CliError(
    EXIT.FAILED,
    `the registry refused ${request}: ${said}`,
    where,
    ...(answer.status >= 500 ? ["run the same command again: what was sent stays"] : []),
  );
}
