import { randomUUID } from "node:crypto";
import { Store } from "../../files/store";
import type { Place, WholeRequest, WholeResponse } from "../../gateway/exchange";
import type { OwnService } from "../../gateway/service";
import { elementText } from "../../gateway/xml";

const PATH = "/v20180820/configuration/publicAccessBlock";

/** The block of each account, as the document that was put. */
type Document = Record<string, { readonly configuration: string }>;

/**
 * What an account blocks of public access: S3 Control's own setting, which MiniStack does not have. It is kept and given back, and
 * opens or closes no bucket here.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PutPublicAccessBlock.html
 */
export class AccountBlock implements OwnService {
  private readonly store: Store<Document>;

  /** @param file - where the blocks are kept; undefined for memory only. */
  constructor(file: string | undefined) {
    this.store = new Store<Document>(file, () => ({}));
  }

  answers(operation: string): boolean {
    return ["GET", "PUT", "DELETE"].some((method) => operation === `${method} ${PATH}`);
  }

  answer(request: WholeRequest, { account }: Place): WholeResponse {
    if (request.method === "GET") return this.show(account);
    const [configuration] = request.method === "PUT" ? (ELEMENT.exec(request.body.toString()) ?? []) : [];
    if (request.method === "PUT" && configuration === undefined)
      return refused(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
      );
    this.store.change((document) => {
      delete document[account];
      if (configuration !== undefined) document[account] = { configuration };
    });
    return { status: request.method === "PUT" ? 201 : 204, headers: {}, body: "" };
  }

  reset(): void {
    this.store.reset();
  }

  private show(account: string): WholeResponse {
    const found = this.store.value[account];
    if (!found)
      return refused(
        404,
        "NoSuchPublicAccessBlockConfiguration",
        "The public access block configuration was not found",
      );
    const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
    return { status: 200, headers: { "content-type": "application/xml" }, body: head + found.configuration };
  }
}

const ELEMENT = /<PublicAccessBlockConfiguration[\s>][\s\S]*<\/PublicAccessBlockConfiguration>/;

/** An error of S3 Control, which wraps it as S3 does not. */
function refused(status: number, code: string, message: string): WholeResponse {
  const error = { Error: { Code: code, Message: message }, RequestId: randomUUID() };
  return {
    status,
    headers: { "content-type": "application/xml" },
    body: elementText("ErrorResponse", error),
  };
}
